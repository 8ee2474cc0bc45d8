#!/usr/bin/env python3
"""What a developer waits for, with 100 and 1,000 models: `check` with nothing changed, and the next revision after one
model changed, both proofs and all.

    cargo build --release
    benches/autogenerate.py [ROUNDS=5] [MODELS=100,1000]

Each model is a file with a struct of ten columns, two indexes, a check, and a reference to another one. Nothing but
Limbeck and the PostgreSQL that it finds is needed: no database is involved. Caches are in a folder of their own and
begin empty; the first revision fills them. Printed are medians of wall and of CPU (user and system time of the process
and of its children, the scratch server among them where it has ended).
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMBECK = ROOT / "target/release/limbeck"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
COUNTS = [int(count) for count in sys.argv[2].split(",")] if len(sys.argv) > 2 else [100, 1000]


def model(number: int, extra: str = "") -> str:
    return f"""use limbeck::Table;

#[derive(Table)]
#[table(name = "t{number}", index(code), index(status, created_at), check(name = "t{number}_quantity_check", expr = "quantity >= 0"))]
pub struct T{number} {{
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references = super::t{max(1, number // 2)}::T{max(1, number // 2)}::id)]
    pub parent_id: Option<i64>,
    #[column(type = "varchar(32)")]
    pub code: String,
    pub name: String,
    #[column(type = "varchar(16)", default = "new")]
    pub status: String,
    #[column(default = 0)]
    pub quantity: i32,
    #[column(type = "numeric(10, 2)")]
    pub price: Option<String>,
    #[column(default = true)]
    pub active: bool,
    #[column(type = "jsonb")]
    pub payload: Option<String>,
    #[column(type = "timestamptz", default = sql("now()"))]
    pub created_at: String,
{extra}}}
"""


class Project:
    def __init__(self, folder: pathlib.Path, count: int):
        self.folder, self.count = folder, count
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder),
                            "LIMBECK_CACHE_DIR": str(folder / "cache"), "LIMBECK_DATA_DIR": str(folder / "data")}
        models = folder / "src/models"
        models.mkdir(parents=True)
        (folder / "Cargo.toml").write_text('[package]\nname = "bench"\nversion = "0.1.0"\nedition = "2024"\n')
        (folder / "src/lib.rs").write_text("pub mod models;\n")
        (models / "mod.rs").write_text("".join(f"pub mod t{n};\n" for n in range(1, count + 1)))
        for number in range(1, count + 1):
            (models / f"t{number}.rs").write_text(model(number))
        self.run("init", "--url", "embedded:")

    def change(self, round_: int):
        """One model of all gets another column; the rest is as it was."""
        columns = "".join(f"    pub note_{n}: Option<String>,\n" for n in range(round_ + 1))
        (self.folder / f"src/models/t{self.count}.rs").write_text(model(self.count, columns))

    def run(self, *arguments: str, code: int = 0) -> tuple[float, float]:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([LIMBECK, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != code:
            sys.exit(f"limbeck {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main():
    if not LIMBECK.exists():
        sys.exit("build it first: cargo build --release")
    print("| models | what | wall ms | CPU ms |\n|---|---|---|---|")
    for count in COUNTS:
        with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as scratch:
            os.chmod(scratch, 0o755)
            project = Project(pathlib.Path(scratch), count)
            times: dict[str, list[tuple[float, float]]] = {}

            def measure(name: str, *arguments: str, code: int = 0):
                times.setdefault(name, []).append(project.run(*arguments, code=code))

            measure("the first revision, caches empty", "revision", "--autogenerate", "-m", "All")
            for round_ in range(ROUNDS):
                project.run("check")
                measure("check, nothing changed", "check")
                project.change(round_)
                measure("check, one model changed", "check", code=3)
                measure("the next revision", "revision", "--autogenerate", "-m", f"Note {round_}")
                measure("check after it", "check")
            for name, rows in times.items():
                wall, cpu = (statistics.median(column) for column in zip(*rows))
                print(f"| {count} | {name} | {wall:.0f} | {cpu:.0f} |", flush=True)


main()
