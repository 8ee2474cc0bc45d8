#!/usr/bin/env python3
"""Makes the sessions of docs/transcripts/README.md anew, with the real Alembic and the real Limbeck.

    docs/transcripts/make.py

It installs Alembic with pip into an environment of its own (target/transcripts/), starts a PostgreSQL through
`limbeck server start`, runs each command that the page shows for Alembic, and writes down what it told. Limbeck's half
is then made by the test that holds it, with LIMBECK_BLESS=1. With --installed PATH an environment that has alembic and
psycopg is used instead of a new one.

It also lists what Alembic has (docs/transcripts/alembic.txt: commands, options, keys, functions), asked of Alembic
itself. A test holds the table of docs/coming-from-alembic.md against that list.

How a page is written is told in crates/limbeck-cli/tests/support/page.rs.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGE = HERE / "README.md"
INVENTORY = HERE / "alembic.txt"
PACKAGES = ["alembic==1.20.1", "sqlalchemy==2.1.9", "psycopg[binary]==3.3.9"]
FOLDER = "alembic"


def environment(installed):
    """The folder of the programs of an environment that has Alembic."""
    if installed:
        return Path(installed).resolve() / "bin"
    folder = ROOT / "target" / "transcripts" / "environment"
    if not (folder / "bin" / "alembic").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
    return folder / "bin"


class Server:
    """A PostgreSQL that ends with the script, and an empty database on it."""

    def __init__(self, limbeck, folder):
        self.limbeck, self.folder = limbeck, folder
        self.variables = {**os.environ, "LIMBECK_DATA_DIR": str(folder / "data")}

    def run(self, *arguments):
        command = [self.limbeck, "-C", self.folder / "server", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.variables).stdout

    def __enter__(self):
        (self.folder / "server").mkdir()
        self.run("init", "--url", "embedded:")
        self.run("server", "start")
        status = json.loads(self.run("server", "status", "--show-password", "--format", "json"))
        return status["url"]

    def __exit__(self, *_):
        self.run("server", "stop")


def typed(lines):
    """The commands of a session, each as the lines that stand there."""
    commands, goes_on = [], False
    for line in lines:
        if line.startswith("$ "):
            commands.append([line])
            goes_on = True
        elif goes_on and line.startswith("> "):
            commands[-1].append(line)
        else:
            goes_on = False
    return commands


def run(command, folder, variables):
    """What a command told, less what differs from run to run."""
    text = "".join(line[2:] + "\n" for line in command)
    done = subprocess.run(
        ["sh", "-c", "exec 2>&1\n" + text],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    told = done.stdout
    if told and not told.endswith("\n"):
        told += "\n"
    if done.returncode:
        told += f"[exit code {done.returncode}]\n"
    told = told.replace(str(folder.parent), "~").replace(variables["DATABASE_URL"], "postgresql+psycopg://…")
    told = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", "2026-11-21 10:00:00.000000", told)
    # What it logs of its own set-up, before each command.
    told = re.sub(r"^INFO  \[alembic\.runtime\.(?:plugins\] setting up|migration\] (?:Context impl|Will assume)).*\n", "", told, flags=re.M)
    # The last line of a traceback is what went wrong; what is above it is Python's and the driver's.
    told = re.sub(r"Traceback \(most recent call last\):\n(?:.*\n)*?(?=\S+(?:Error|Exception)\b)", "Traceback …\n", told)
    return re.sub(r"[ \t]+$", "", told, flags=re.M)


def rerun(page, root, variables):
    """The page, with every session of Alembic's run anew."""
    (root / FOLDER).mkdir()
    made, lines = [], iter(page.splitlines())
    for fence in lines:
        made.append(fence)
        words = fence[3:].split() if fence.startswith("```") else []
        if len(words) < 2 or words[1] != FOLDER:
            continue
        block = []
        for line in lines:
            if line == "```":
                break
            block.append(line)
        if words[0] == "console":
            for command in typed(block):
                made += command
                made += run(command, root / FOLDER, variables).splitlines()
        else:
            (root / FOLDER / words[2]).write_text("".join(line + "\n" for line in block))
            made += block
        made.append("```")
    return "".join(line + "\n" for line in made)


# Run inside Alembic's environment. Keys of alembic.ini are in its templates and its source, as words.
LIST = r'''
import argparse, inspect, pathlib, re
import alembic, alembic.autogenerate, alembic.command
from alembic.config import CommandLine, Config
from alembic.operations import BatchOperations, Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

print("version", alembic.__version__)
root = pathlib.Path(alembic.__file__).parent

def flags(command):
    return [flag for action in command._actions for flag in action.option_strings if flag != "-h" and flag != "--help"]

parser = CommandLine().parser
for flag in flags(parser):
    print("option", flag)
for action in parser._actions:
    if isinstance(action, argparse._SubParsersAction):
        for name, command in sorted(action.choices.items()):
            print("command", name)
            for flag in flags(command):
                if flag.startswith("--"):
                    print("option", name, flag)
for template in sorted(path.parent.name for path in root.glob("templates/*/script.py.mako")):
    print("template", template)

keys = {"version_path_separator", "post_write_hooks.cwd"}
for file in [*root.glob("templates/*/alembic.ini.mako"), *root.glob("templates/*/pyproject.toml.mako")]:
    section = ""
    for line in file.read_text().splitlines():
        if found := re.match(r"^(?:# ?)?\[+(?:tool\.)?([\w.]+)\]+$", line):
            section = found.group(1).removeprefix("alembic").removeprefix(".")
        elif found := re.match(r"^(?:# ?)?([a-z][a-z_.0-9]*) ?= ?\S", line):
            key = found.group(1).split(".")[-1] if section == "post_write_hooks" else found.group(1)
            if section == "" or section == "post_write_hooks":
                keys.add(f"{section}.{key}".lstrip("."))
for source in root.rglob("*.py"):
    text = source.read_text()
    for name in re.findall(r"get_(?:main|alembic)(?:_boolean)?_option\(\s*\"([a-z_.]+)\"", text):
        keys.add(name)
for key in sorted(keys - {"my_important_option"}):
    print("key", key)

configure = set(inspect.signature(EnvironmentContext.configure).parameters) | set(
    re.findall(r":param (\w+):", EnvironmentContext.configure.__doc__))
for name in sorted(configure - {"self", "kw", "opts"}):
    print("configure", name)

def public(thing):
    return [name for name in sorted(dir(thing)) if not name.startswith("_") and name != "create_module_class_proxy"]

for name in public(EnvironmentContext):
    print("context", "context." + name)
for name in sorted({*public(Operations), *public(BatchOperations)}):
    print("op", "op." + name)
for name, function in sorted(vars(alembic.command).items()):
    if inspect.isfunction(function) and function.__module__ == "alembic.command" and not name.startswith("_"):
        print("call", "command." + name)
for kind in (Config, ScriptDirectory, MigrationContext):
    for name in public(kind):
        print("call", kind.__name__ + "." + name)
for name in ("Rewriter", "compare_metadata", "produce_migrations", "render_op_text", "render_python_code"):
    assert hasattr(alembic.autogenerate, name), name
    print("call", "autogenerate." + name)
print("call", "CommandLine.register_command")
assert hasattr(CommandLine, "register_command")
'''


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--installed", help="an environment that has alembic and psycopg")
    parser.add_argument("--limbeck", help="the program; it is built where none is given")
    arguments = parser.parse_args()
    programs = environment(arguments.installed)
    if not arguments.limbeck:
        subprocess.run(["cargo", "build", "-q", "-p", "limbeck-cli"], cwd=ROOT, check=True)
    limbeck = Path(arguments.limbeck or ROOT / "target" / "debug" / "limbeck").resolve()

    listed = subprocess.run([programs / "python", "-c", LIST], check=True, capture_output=True, text=True).stdout
    INVENTORY.write_text(listed)

    folder = Path(tempfile.mkdtemp(prefix="transcripts-"))
    folder.chmod(0o755)
    try:
        with Server(limbeck, folder) as url:
            variables = {
                "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(folder),
                "LC_ALL": "C.UTF-8",
                "DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://", 1),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": ".",
            }
            PAGE.write_text(rerun(PAGE.read_text(), folder, variables))
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    bless = {**os.environ, "LIMBECK_BLESS": "1"}
    test = ["cargo", "test", "-q", "-p", "limbeck-cli", "--test", "pages", "limbecks_half_of_the_transcripts"]
    subprocess.run(test, cwd=ROOT, check=True, env=bless)


if __name__ == "__main__":
    sys.exit(main())
