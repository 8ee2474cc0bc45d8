#!/usr/bin/env python3
"""What a derive adds to a build: 200 structs of 15 columns, without a derive, with `serde::Serialize`, with `limbeck::Table`.

    benches/compile.py [ROUNDS=15] [STRUCTS=200] [COLUMNS=15]

One crate for each, debug builds. The dependencies are compiled before; each round compiles each of the crates anew, with
incremental compilation off and from nothing, one after the other. Printed is the least user CPU time of the whole
`cargo build`, what each derive adds to the crate without one, and that as a share of what `Serialize` adds. CPU time and the
least of many rounds, since other work on the machine shows in wall time first, and then in the others.

The structs are like those of an application: a key, references to the table before, names, defaults, checks and an index on
some of the columns. `Serialize` gets the same structs without our attributes.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS, STRUCTS, COLUMNS = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 15), (2, 200), (3, 15)))

CRATES = {
    "no derive": (None, ""),
    "serde::Serialize": ("serde::Serialize", 'serde = { version = "1", features = ["derive"] }'),
    "limbeck::Table": ("limbeck::Table", f'limbeck = {{ path = "{ROOT}/crates/limbeck" }}'),
}
TYPES = ["i64", "String", "Option<String>", "i32", "bool", "Option<i64>", "f64", "Vec<String>", "i16", "Option<f64>"]


def struct(n: int, derive: str | None) -> str:
    ours = derive == "limbeck::Table"
    lines = [f"#[derive({derive})]"] if derive else []
    if ours:
        lines.append(f'#[table(name = "table_{n}", index(column_2, column_3 desc), check = "column_3 >= 0")]')
    lines.append(f"pub struct Table{n} {{")
    for column in range(COLUMNS):
        attribute = {
            0: "primary_key, identity = always",
            1: 'type = "varchar(320)", unique',
            3: "default = 0",
            5: f"references = Table{max(0, n - 1)}::column_0, on_delete = cascade",
            6: 'default = sql("random()")',
        }.get(column)
        if ours and attribute:
            lines.append(f"    #[column({attribute})]")
        lines.append(f"    pub column_{column}: {TYPES[column % len(TYPES)]},")
    return "\n".join(lines + ["}\n"])


def make(folder: pathlib.Path, name: str) -> pathlib.Path:
    derive, dependency = CRATES[name]
    crate = folder / name.replace("::", "_").replace(" ", "_").lower()
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text(
        f'[package]\nname = "{crate.name}"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n{dependency}\n\n[workspace]\n')
    (crate / "src/lib.rs").write_text("\n".join(struct(n, derive) for n in range(STRUCTS)))
    return crate


def build(crate: pathlib.Path) -> float:
    """The user CPU time of building the crate, in seconds."""
    subprocess.run(["cargo", "clean", "--quiet", "--package", crate.name], cwd=crate, env=ENVIRONMENT, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(["cargo", "build", "--quiet"], cwd=crate, env=ENVIRONMENT, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


with tempfile.TemporaryDirectory(prefix="limbeck-compile-") as root:
    ENVIRONMENT = os.environ | {"CARGO_INCREMENTAL": "0", "CARGO_TARGET_DIR": f"{root}/target"}
    crates = {name: make(pathlib.Path(root), name) for name in CRATES}
    for crate in crates.values():
        subprocess.run(["cargo", "build", "--quiet"], cwd=crate, env=ENVIRONMENT, check=True)
    times: dict[str, list[float]] = {name: [] for name in CRATES}
    for _ in range(ROUNDS):
        for name, crate in crates.items():
            times[name].append(build(crate))
    seconds = {name: min(found) for name, found in times.items()}
    plain, serde = seconds["no derive"], seconds["serde::Serialize"] - seconds["no derive"]
    print(f"| {STRUCTS} structs of {COLUMNS} columns | CPU s | added s | ÷ `Serialize` |\n|---|---|---|---|")
    for name, found in seconds.items():
        added = "" if name == "no derive" else f"{found - plain:.2f}"
        share = f"{(found - plain) / serde:.2f}" if name == "limbeck::Table" else ""
        print(f"| {name} | {found:.2f} | {added} | {share} |")
