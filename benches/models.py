#!/usr/bin/env python3
"""What reading the models costs: 1,000 structs of ten columns, each in a file of its own, among 2,000 files without
models, with function bodies of any size.

    cargo build --release
    benches/models.py [ROUNDS=9]

Cold is `limbeck models list`, which keeps nothing: every file is read, every struct rendered. Warm is `limbeck check` with nothing
changed, of the same files: all are read and hashed again, none is parsed. Printed are medians of CPU (user and system time
of the process), of wall time, and the most memory that it had. Files are in the page cache.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMBECK = pathlib.Path(os.environ.get("LIMBECK", ROOT / "target/release/limbeck"))
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 9
MODELS, OTHERS = 1000, 2000


def body(number: int) -> str:
    """A method of some 1.1 kB, as people write them: strings, characters, braces in both, comments, closures."""
    return f"""
    /// Finds the rows of `{number}`, and what {{ belongs }} to them.
    pub async fn find_{number}<'a>(&self, pool: &'a Pool, name: Option<&'a str>) -> Result<Vec<Self>, Error> {{
        // The order of a person's own words: "as typed" comes first, so don't sort here.
        let pattern = match name {{
            Some(name) if name.starts_with('{{') => format!("{{}}%", name.trim_matches(|c| c == '{{' || c == '}}')),
            Some(name) => format!("%{{name}}%"),
            None => r#"%"{{any}}"%"#.to_owned(),
        }};
        let rows = sqlx::query_as::<_, Self>(
            "SELECT id, code, name, status, quantity, price, active, payload, created_at \\
             FROM t{number} WHERE name ILIKE $1 AND quantity > $2 ORDER BY created_at DESC LIMIT 100",
        )
        .bind(&pattern)
        .bind({number}_i32)
        .fetch_all(pool)
        .await
        .map_err(|error| Error::Database {{ table: "t{number}", error }})?;
        let (open, closed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.status != "closed");
        if open.len() > closed.len() {{
            tracing::debug!(open = open.len(), closed = closed.len(), "more are open than closed: '{{}}'", pattern);
        }}
        Ok(open.into_iter().chain(closed).collect::<Vec<_>>())
    }}
"""


def methods(name: str, count: int) -> str:
    return f"\nimpl {name} {{{''.join(body(number) for number in range(count))}}}\n" if count else ""


def model(number: int, count: int) -> str:
    parent = max(1, number // 2)
    return f"""use limbeck::Table;

/// What is kept about the things of sort {number}.
#[derive(Debug, Clone, PartialEq, Table)]
#[table(name = "t{number}", index(code), index(status, created_at), check(name = "t{number}_quantity_check", expr = "quantity >= 0"))]
pub struct T{number} {{
    #[column(primary_key, identity)]
    pub id: i64,
    #[column(references = super::t{parent}::T{parent}::id)]
    pub parent_id: Option<i64>,
    /// As it is printed on the label.
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
}}
{methods(f"T{number}", count)}"""


def other(number: int, count: int) -> str:
    return f"""use std::collections::BTreeMap;

use crate::models::t{number % MODELS + 1}::T{number % MODELS + 1};

#[derive(Debug, Clone, Default)]
pub struct Service{number} {{
    pub known: BTreeMap<String, T{number % MODELS + 1}>,
}}
{methods(f"Service{number}", count)}"""


def write(root: pathlib.Path, in_models: int, in_others: int) -> float:
    """The project; returns its megabytes."""
    for folder in ("models", "services"):
        (root / "src" / folder).mkdir(parents=True)
    (root / "Cargo.toml").write_text('[package]\nname = "bench"\nversion = "0.1.0"\nedition = "2024"\n')
    (root / "limbeck.toml").write_text('migrations = "database/migrations"\nmodels = ["src"]\n')
    (root / "database/migrations/versions").mkdir(parents=True)
    texts = {
        "lib.rs": "pub mod models;\npub mod services;\n",
        "models/mod.rs": "".join(f"pub mod t{n};\n" for n in range(1, MODELS + 1)),
        "services/mod.rs": "".join(f"pub mod s{n};\n" for n in range(1, OTHERS + 1)),
    }
    texts |= {f"models/t{n}.rs": model(n, in_models) for n in range(1, MODELS + 1)}
    texts |= {f"services/s{n}.rs": other(n, in_others) for n in range(1, OTHERS + 1)}
    for path, text in texts.items():
        (root / "src" / path).write_text(text)
    return sum(len(text) for text in texts.values()) / 1e6


def run(root: pathlib.Path, *arguments: str) -> tuple[float, float, float]:
    """CPU and wall in milliseconds, memory in megabytes."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(root),
                   "LIMBECK_CACHE_DIR": str(root / "cache"), "LIMBECK_DATA_DIR": str(root / "data")}
    start = time.perf_counter()
    process = subprocess.Popen([LIMBECK, *arguments], cwd=root, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"limbeck {' '.join(arguments)}: {said.decode()}")
    return (used.ru_utime + used.ru_stime) * 1000, wall * 1000, used.ru_maxrss / 1000


def main():
    if not LIMBECK.exists():
        sys.exit("build it first: cargo build --release")
    print("| methods in a model, in another file | MB of source | what | CPU ms | wall ms | memory MB |\n|---|---|---|---|---|---|")
    for in_models, in_others in ((0, 0), (5, 5), (15, 15)):
        with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as scratch:
            os.chmod(scratch, 0o755)
            root = pathlib.Path(scratch)
            size = write(root, in_models, in_others)
            run(root, "check")
            for what, arguments in (("cold", ("models", "list")), ("warm", ("check",)), ("nothing: --version", ("--version",))):
                rows = [run(root, *arguments) for _ in range(ROUNDS)]
                cpu, wall, memory = (statistics.median(column) for column in zip(*rows))
                print(f"| {in_models}, {in_others} | {size:.1f} | {what} | {cpu:.0f} | {wall:.0f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
