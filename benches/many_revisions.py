#!/usr/bin/env python3
"""Commands on N revisions, all applied: an upgrade with nothing to do, `current`, `history`, `heads` and the script of a
whole upgrade, side by side with sqlx-cli, refinery_cli and Alembic.

    cargo build --release
    benches/many_revisions.py [COUNTS=1000,10000] [ROUNDS=21]

Peers are measured when they are on the PATH (`cargo install sqlx-cli refinery_cli`; `pip install alembic psycopg[binary]`),
with the first count only. The server is one that this script starts with the PostgreSQL programs in $PG_BIN, in
`pg_config --bindir`, or in the newest folder below /usr/lib/postgresql; as root it runs as `nobody`. Commands take turns
within a round, so that a drifting machine hits all alike. Printed are medians of wall and of CPU (user and system time of
the process and its children), and the ratio to ours.
"""

import glob
import os
import pathlib
import pwd
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMBECK = ROOT / "target/release/limbeck"
COUNTS = [int(count) for count in sys.argv[1].split(",")] if len(sys.argv) > 1 else [1000, 10000]
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 21


def programs() -> str:
    if "PG_BIN" in os.environ:
        return os.environ["PG_BIN"]
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda f: int(f.split("/")[4]))
    return folders[-1] if folders else subprocess.check_output(["pg_config", "--bindir"], text=True).strip()


class Server:
    """A PostgreSQL with default settings on a port of its own, reached by TCP as most are."""

    def __init__(self, folder: str):
        self.bin, self.data, self.port = programs(), folder + "/data", os.getpid() % 10000 + 50000
        self.user = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chmod(folder, 0o755)
            os.mkdir(self.data)
            os.chown(self.data, nobody.pw_uid, nobody.pw_gid)
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.run("initdb", "-D", self.data, "-U", "bench", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        self.process = subprocess.Popen(
            [f"{self.bin}/postgres", "-D", self.data, "-p", str(self.port), "-k", "", "-h", "127.0.0.1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self.user)
        while subprocess.run(self.psql("postgres", "SELECT 1"), capture_output=True).returncode != 0:
            time.sleep(0.05)

    def run(self, program: str, *arguments: str):
        subprocess.run([f"{self.bin}/{program}", *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/", **self.user)

    def psql(self, database: str, sql: str) -> list[str]:
        return [f"{self.bin}/psql", "-qX", "-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", database, "-c", sql]

    def database(self, name: str) -> str:
        subprocess.run(self.psql("postgres", f"CREATE DATABASE {name}"), check=True)
        return f"postgres://bench:bench@127.0.0.1:{self.port}/{name}?sslmode=disable"

    def stop(self):
        self.process.terminate()
        self.process.wait()


def up(n: int) -> str:
    return (f"CREATE TABLE t{n} (id bigint PRIMARY KEY, name text NOT NULL, note text, n integer, at timestamptz);\n"
            f"CREATE INDEX t{n}_name_idx ON t{n} (name);\n")


def limbeck(folder: pathlib.Path, url: str, count: int):
    versions = folder / "database/migrations/versions"
    versions.mkdir(parents=True)
    (folder / "limbeck.toml").write_text('models = []\n[database]\nurl = "${BENCH_URL}"\n')
    parent = ""
    for n in range(count):
        revision = f"{n:012x}"
        (versions / f"20260101T{n // 3600:02}{n // 60 % 60:02}{n % 60:02}_{revision}_t{n}.sql").write_text(
            f"-- Table {n}\n--\n-- limbeck: 1\n-- revision: {revision}\n-- revises:{' ' + parent if parent else ''}\n"
            f"-- created: 2026-01-01T00:00:00Z\n\n-- limbeck:up schema\n{up(n)}\n"
            f"-- limbeck:down schema allow=drop\nDROP TABLE t{n};\n")
        parent = revision
    environment = {"BENCH_URL": url, "LIMBECK_CACHE_DIR": str(folder / "cache")}
    program = [LIMBECK, "-C", folder]
    return [*program, "stamp", "head"], environment, {
        "limbeck upgrade": [*program, "upgrade"],
        "limbeck current": [*program, "current"],
        "limbeck history": [*program, "history"],
        "limbeck heads": [*program, "heads"],
        "limbeck upgrade --sql": [*program, "upgrade", "--sql", "base:head"],
    }


def sqlx(folder: pathlib.Path, url: str, count: int):
    (folder / "migrations").mkdir(parents=True)
    for n in range(count):
        (folder / f"migrations/{20260101000000 + n}_t{n}.sql").write_text(up(n))
    program = ["sqlx", "migrate"]
    place = ["--source", folder / "migrations", "--no-dotenv"]
    return [*program, "run", *place], {"DATABASE_URL": url}, {
        "sqlx migrate run": [*program, "run", *place],
        "sqlx migrate info": [*program, "info", *place],
    }


def refinery(folder: pathlib.Path, url: str, count: int):
    (folder / "migrations").mkdir(parents=True)
    for n in range(count):
        (folder / f"migrations/V{n + 1}__t{n}.sql").write_text(up(n))
    command = ["refinery", "migrate", "-e", "BENCH_URL", "-p", folder / "migrations"]
    return command, {"BENCH_URL": url.split("?")[0]}, {"refinery migrate": command}


def alembic(folder: pathlib.Path, url: str, count: int):
    subprocess.run(["alembic", "init", folder / "migrations"], check=True, cwd=folder.parent, capture_output=True)
    (folder.parent / "alembic.ini").rename(folder / "alembic.ini")
    parent = None
    for n in range(count):
        revision = f"{n:012x}"
        statements = "".join(f"    op.execute({line!r})\n" for line in up(n).strip().split("\n"))
        (folder / f"migrations/versions/{revision}_t{n}.py").write_text(
            f"from alembic import op\n\nrevision = {revision!r}\ndown_revision = {parent!r}\nbranch_labels = None\n"
            f"depends_on = None\n\n\ndef upgrade():\n{statements}\n\ndef downgrade():\n    op.execute('DROP TABLE t{n}')\n")
        parent = revision
    ini = (folder / "alembic.ini").read_text().splitlines()
    url = url.replace("postgres://", "postgresql+psycopg://")
    ini = [f"sqlalchemy.url = {url}" if line.startswith("sqlalchemy.url") else line for line in ini]
    (folder / "alembic.ini").write_text("\n".join(ini) + "\n")
    program = ["alembic", "-c", folder / "alembic.ini"]
    return [*program, "stamp", "head"], {}, {
        "alembic upgrade head": [*program, "upgrade", "head"],
        "alembic current": [*program, "current"],
        "alembic history": [*program, "history"],
        "alembic heads": [*program, "heads"],
        "alembic upgrade --sql": [*program, "upgrade", "base:head", "--sql"],
    }


# What a peer's command is compared with, where ours has another name.
OURS = {"sqlx migrate run": "upgrade", "sqlx migrate info": "current", "refinery migrate": "upgrade"}


def timed(command, environment) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def ours(name: str) -> str:
    return "limbeck " + OURS.get(name, name.split(" ", 1)[1].removesuffix(" head"))


def measure(server: Server, scratch: pathlib.Path, count: int, with_peers: bool) -> dict[str, list[float]]:
    commands = {}
    for make in [limbeck, sqlx, refinery, alembic] if with_peers else [limbeck]:
        name = make.__name__
        if make is not limbeck and not shutil.which(name):
            print(f"{name} is not on the PATH: left out", file=sys.stderr)
            continue
        folder = scratch / f"{name}{count}"
        folder.mkdir()
        apply, environment, timed_commands = make(folder, server.database(f"{name}{count}"), count)
        time.sleep(4)  # so that a cache may trust that the files are left alone
        timed(apply, environment)
        for label, command in timed_commands.items():
            timed(command, environment)  # warms up
            commands[label] = (command, environment)
    commands["psql -c 'SELECT 1'"] = (server.psql("postgres", "SELECT 1"), {})
    figures = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            figures[name].append(timed(*command))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}


def main():
    if not LIMBECK.exists():
        sys.exit("build it first: cargo build --release")
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as scratch:
        server = Server(scratch)
        try:
            tables = {count: measure(server, pathlib.Path(scratch), count, count == COUNTS[0]) for count in COUNTS}
        finally:
            server.stop()
    for count, median in tables.items():
        print(f"| {count:,} revisions | wall ms | CPU ms | wall ÷ ours | CPU ÷ ours |\n|---|---|---|---|---|")
        for name, (wall, cpu) in median.items():
            is_other = not name.startswith("limbeck")
            base = median.get(ours(name)) if is_other and not name.startswith("psql") else None
            ratios = f"{wall / base[0]:.1f} | {cpu / base[1]:.1f}" if base else " | "
            print(f"| {name} | {wall:.1f} | {cpu:.1f} | {ratios} |")
        print()


if __name__ == "__main__":
    main()
