#!/usr/bin/env python3
"""A no-op upgrade on N applied revisions, side by side with sqlx-cli and refinery_cli.

    cargo build --release
    benches/no_op_upgrade.py [N=1000] [ROUNDS=21]

Peers are measured when they are on the PATH (`cargo install sqlx-cli refinery_cli`). The server is one that this script
starts with the PostgreSQL programs in $PG_BIN, in `pg_config --bindir`, or in the newest folder below /usr/lib/postgresql;
as root it runs as `nobody`. Tools take turns within a round, so that a drifting machine hits all alike. Printed are
medians of wall and of CPU (user and system time of the process and its children), and the ratio to ours.
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
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
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


def limbeck(folder: pathlib.Path, url: str):
    versions = folder / "database/migrations/versions"
    versions.mkdir(parents=True)
    (folder / "limbeck.toml").write_text('models = []\n[database]\nurl = "${BENCH_URL}"\n')
    parent = ""
    for n in range(COUNT):
        revision = f"{n:012x}"
        (versions / f"20260101T{n // 3600:02}{n // 60 % 60:02}{n % 60:02}_{revision}_t{n}.sql").write_text(
            f"-- Table {n}\n--\n-- limbeck: 1\n-- revision: {revision}\n-- revises:{' ' + parent if parent else ''}\n"
            f"-- created: 2026-01-01T00:00:00Z\n\n-- limbeck:up schema\n{up(n)}\n"
            f"-- limbeck:down schema allow=drop\nDROP TABLE t{n};\n")
        parent = revision
    return [LIMBECK, "-C", folder, "upgrade"], {"BENCH_URL": url}


def sqlx(folder: pathlib.Path, url: str):
    (folder / "migrations").mkdir(parents=True)
    for n in range(COUNT):
        (folder / f"migrations/{20260101000000 + n}_t{n}.sql").write_text(up(n))
    return ["sqlx", "migrate", "run", "--source", folder / "migrations", "--no-dotenv"], {"DATABASE_URL": url}


def refinery(folder: pathlib.Path, url: str):
    (folder / "migrations").mkdir(parents=True)
    for n in range(COUNT):
        (folder / f"migrations/V{n + 1}__t{n}.sql").write_text(up(n))
    return ["refinery", "migrate", "-e", "BENCH_URL", "-p", folder / "migrations"], {"BENCH_URL": url.split("?")[0]}


def timed(command, environment) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main():
    if not LIMBECK.exists():
        sys.exit("build it first: cargo build --release")
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as scratch:
        server = Server(scratch)
        try:
            tools = {"limbeck upgrade": limbeck}
            for name, make, program in [("sqlx migrate run", sqlx, "sqlx"), ("refinery migrate", refinery, "refinery")]:
                if shutil.which(program):
                    tools[name] = make
                else:
                    print(f"{program} is not on the PATH: left out", file=sys.stderr)
            commands = {}
            for name, make in tools.items():
                key = name.split()[0]
                commands[name] = make(pathlib.Path(scratch) / key, server.database(key))
                timed(*commands[name])  # applies everything
                timed(*commands[name])  # warms up
            if "psql" not in commands:
                commands["psql -c 'SELECT 1'"] = (server.psql("postgres", "SELECT 1"), {})
            figures = {name: [] for name in commands}
            for _ in range(ROUNDS):
                for name, command in commands.items():
                    figures[name].append(timed(*command))
        finally:
            server.stop()
    median = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in figures.items()}
    ours = median["limbeck upgrade"]
    print(f"| no-op on {COUNT} applied revisions | wall ms | CPU ms | wall ÷ ours | CPU ÷ ours |\n|---|---|---|---|---|")
    for name, (wall, cpu) in median.items():
        print(f"| {name} | {wall:.1f} | {cpu:.1f} | {wall / ours[0]:.1f} | {cpu / ours[1]:.1f} |")


main()
