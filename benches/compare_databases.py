#!/usr/bin/env python3
"""Two databases of many tables compared, with nothing changed and with 20 tables changed: `limbeck diff`, and beside it
`migra` and `alembic check` / `alembic revision --autogenerate` (which compares its models with one database), as far as
they are on the PATH.

    cargo build --release
    pip install migra 'psycopg2-binary' 'setuptools<81' alembic asyncpg greenlet   # each in a place of its own
    benches/compare_databases.py URL [ROUNDS=3] [TABLES=100,1000]

URL is a server's, as a role that may create databases there: `limbeck_bench_*` are dropped and made anew. Printed are
medians of wall and of CPU time (user and system time of the process and of its children).
"""

import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMBECK = ROOT / "target/release/limbeck"
CHANGED = 20


def sql(count: int, is_changed: bool) -> str:
    statements = []
    for n in range(1, count + 1):
        note = ", note text" if is_changed and n <= CHANGED else ""
        statements.append(
            f"CREATE TABLE t{n} (id bigint PRIMARY KEY, parent_id bigint REFERENCES t{max(1, n // 2)} (id), code varchar(32) NOT NULL, "
            f"name text NOT NULL, status varchar(16) NOT NULL DEFAULT 'new', quantity integer NOT NULL DEFAULT 0, "
            f"price numeric(10, 2), active boolean NOT NULL DEFAULT true, payload jsonb, "
            f"created_at timestamptz NOT NULL DEFAULT now(){note});\n"
            f"CREATE INDEX t{n}_code_idx ON t{n} (code);\nCREATE INDEX t{n}_status_idx ON t{n} (status, created_at);\n"
        )
    return "".join(statements)


def models(count: int, is_changed: bool) -> str:
    lines = ["import sqlalchemy as sa", "from sqlalchemy.dialects.postgresql import JSONB", "metadata = sa.MetaData()"]
    for n in range(1, count + 1):
        note = ", sa.Column('note', sa.Text)" if is_changed and n <= CHANGED else ""
        lines.append(
            f"sa.Table('t{n}', metadata, sa.Column('id', sa.BigInteger, primary_key=True, autoincrement=False), "
            f"sa.Column('parent_id', sa.BigInteger, sa.ForeignKey('t{max(1, n // 2)}.id', name='t{n}_parent_id_fkey')), "
            f"sa.Column('code', sa.String(32), nullable=False), sa.Column('name', sa.Text, nullable=False), "
            f"sa.Column('status', sa.String(16), nullable=False, server_default='new'), "
            f"sa.Column('quantity', sa.Integer, nullable=False, server_default='0'), sa.Column('price', sa.Numeric(10, 2)), "
            f"sa.Column('active', sa.Boolean, nullable=False, server_default=sa.true()), sa.Column('payload', JSONB), "
            f"sa.Column('created_at', sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()){note}, "
            f"sa.Index('t{n}_code_idx', 'code'), sa.Index('t{n}_status_idx', 'status', 'created_at'))"
        )
    return "\n".join(lines) + "\n"


ENVIRONMENT = """import asyncio, os
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from models import metadata

def run(connection):
    context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()

async def main():
    async with create_async_engine(os.environ["DB_URL"]).connect() as connection:
        await connection.run_sync(run)

asyncio.run(main())
"""


def alembic(folder: pathlib.Path, count: int, is_changed: bool) -> pathlib.Path:
    (folder / "versions").mkdir(parents=True)
    (folder / "models.py").write_text(models(count, is_changed))
    (folder / "env.py").write_text(ENVIRONMENT)
    (folder / "script.py.mako").write_text('revision = "${up_revision}"\ndown_revision = None\ndef upgrade():\n    ${upgrades}\n')
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = .\nprepend_sys_path = .\n")
    return folder


def measure(command: list[str], code: int, **options) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    _, error = process.communicate()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != code:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}\n{error}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    if len(sys.argv) < 2 or not LIMBECK.exists():
        sys.exit(__doc__)
    server = sys.argv[1].rstrip("/")
    base, _, parameters = server.partition("?")
    base = base if base.count("/") == 2 else base.rsplit("/", 1)[0]
    url = lambda name: f"{base}/{name}" + (f"?{parameters}" if parameters else "")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    counts = [int(count) for count in sys.argv[3].split(",")] if len(sys.argv) > 3 else [100, 1000]
    psql = lambda name, text: subprocess.run(["psql", "-qXv", "ON_ERROR_STOP=1", url(name)], input=text, text=True, check=True)
    print("| tables | what | wall s | CPU s | wall ÷ ours |\n|---|---|---|---|---|")
    for count in counts:
        for name, is_changed in (("base", False), ("same", False), ("changed", True)):
            psql("postgres", f"DROP DATABASE IF EXISTS limbeck_bench_{name};\nCREATE DATABASE limbeck_bench_{name};")
            psql(f"limbeck_bench_{name}", sql(count, is_changed) + "ANALYZE;")
        with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as folder:
            folder = pathlib.Path(folder)
            folder.chmod(0o755)
            environment = {**os.environ, "DB_URL": url("limbeck_bench_base").replace("postgresql://", "postgresql+asyncpg://").split("?")[0],
                           "LIMBECK_CACHE_DIR": str(folder / "cache"), "LIMBECK_DATA_DIR": str(folder / "data")}
            same = alembic(folder / "same", count, False)
            changed = alembic(folder / "changed", count, True)
            base_url, same_url, changed_url = (url(f"limbeck_bench_{name}") for name in ("base", "same", "changed"))
            rows = {
                "nothing changed": [
                    ("limbeck diff", [str(LIMBECK), "diff", "--exit-code", base_url, same_url], 0, folder),
                    ("migra", ["migra", base_url, same_url], 0, folder),
                    ("alembic check", ["alembic", "check"], 0, same),
                ],
                "20 tables changed": [
                    ("limbeck diff", [str(LIMBECK), "diff", "--exit-code", base_url, changed_url], 3, folder),
                    ("migra", ["migra", "--unsafe", base_url, changed_url], 2, folder),
                    ("alembic revision --autogenerate", ["alembic", "revision", "--autogenerate", "-m", "x"], 0, changed),
                ],
            }
            for kind, programs in rows.items():
                ours = None
                for name, command, code, where in programs:
                    if shutil.which(command[0]) is None:
                        continue
                    times = []
                    for _ in range(rounds):
                        for file in (changed / "versions").glob("*.py"):
                            file.unlink()
                        times.append(measure(command, code, cwd=where, env=environment))
                    wall, cpu = (statistics.median(column) for column in zip(*times))
                    ours = ours or wall
                    print(f"| {count} | {name}, {kind} | {wall:.2f} | {cpu:.2f} | {wall / ours:.1f} |", flush=True)
    for name in ("base", "same", "changed"):
        psql("postgres", f"DROP DATABASE IF EXISTS limbeck_bench_{name};")


main()
