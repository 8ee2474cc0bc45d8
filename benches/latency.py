#!/usr/bin/env python3
"""100 revisions over a network of 5 ms: `limbeck upgrade` and `limbeck downgrade base`, beside `psql` with one message for each
revision, and sqlx-cli, refinery_cli and Alembic where they are on the PATH.

    cargo build --release
    benches/latency.py [REVISIONS=100] [ROUNDS=7] [MILLISECONDS=5]

A proxy between each program and the server holds back what the program sends, by so many milliseconds for each turn, as a
round trip would. It counts the turns: how often the program waits. Every run is on a database of its own; the programs take
turns within a round. The server is that of `many_revisions.py`. Printed are medians of wall time and the ratio to `psql`.
"""

import asyncio
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

from many_revisions import LIMBECK, Server, alembic, limbeck, refinery, sqlx, timed, up

REVISIONS = int(sys.argv[1]) if len(sys.argv) > 1 else 100
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 7
MILLISECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 5


class Network:
    """A line to the server that takes its time."""

    def __init__(self, server: int):
        self.server, self.turns = server, 0
        self.loop, ready = asyncio.new_event_loop(), threading.Event()

        async def listen():
            listener = await asyncio.start_server(self.line, "127.0.0.1", 0)
            self.port = listener.sockets[0].getsockname()[1]
            ready.set()

        threading.Thread(target=lambda: (self.loop.create_task(listen()), self.loop.run_forever()), daemon=True).start()
        ready.wait()

    async def line(self, client, to_client):
        server, to_server = await asyncio.open_connection("127.0.0.1", self.server)
        state = {"is_asked": False}

        async def there():
            while data := await client.read(1 << 20):
                if not state["is_asked"]:
                    state["is_asked"] = True
                    self.turns += 1
                await asyncio.sleep(MILLISECONDS / 1000)
                to_server.write(data)
                await to_server.drain()
            to_server.close()

        async def back():
            while data := await server.read(1 << 20):
                state["is_asked"] = False
                to_client.write(data)
                await to_client.drain()
            to_client.close()

        await asyncio.gather(there(), back(), return_exceptions=True)


def through_psql(server: Server, port: int, database: str, direction: str):
    """One message for each revision, which is a transaction and leaves a row, as a migration does."""
    command = [f"{server.bin}/psql", "-qX", "-v", "ON_ERROR_STOP=1",
               f"host=127.0.0.1 port={port} user=bench dbname={database} sslmode=disable"]
    if direction == "up":
        command += ["-c", "CREATE TABLE schema_version (version text PRIMARY KEY)"]
    for n in range(REVISIONS) if direction == "up" else reversed(range(REVISIONS)):
        text = (f"{up(n)}INSERT INTO schema_version VALUES ('{n}')" if direction == "up"
                else f"DROP TABLE t{n};\nDELETE FROM schema_version WHERE version = '{n}'")
        command += ["-c", f"BEGIN;\n{text};\nCOMMIT"]
    return command, {}


def main():
    if not LIMBECK.exists():
        sys.exit("build it first: cargo build --release")
    figures, turns = {}, {}
    with tempfile.TemporaryDirectory(prefix="limbeck-bench-") as scratch:
        server = Server(scratch)
        try:
            network = Network(server.port)

            def measure(name, command, environment):
                network.turns = 0
                wall, _ = timed(command, environment)
                figures.setdefault(name, []).append(wall)
                turns[name] = network.turns

            for number in range(ROUNDS):
                for make in (None, limbeck, sqlx, refinery, alembic):
                    name = make.__name__ if make else "psql"
                    if not make or make is limbeck or shutil.which(name):
                        database = f"{name}_{number}"
                        url = server.database(database).replace(f":{server.port}/", f":{network.port}/")
                        if not make:
                            for direction in ("up", "down"):
                                measure(f"psql, one message each, {direction}",
                                        *through_psql(server, network.port, database, direction))
                            continue
                        folder = pathlib.Path(scratch) / f"{name}{number}"
                        folder.mkdir()
                        command, environment, commands = make(folder, url, REVISIONS)
                        if make is limbeck:
                            program = commands["limbeck upgrade"][:-1]
                            measure("limbeck upgrade, up", [*program, "upgrade"], environment)
                            measure("limbeck upgrade, nothing to do", [*program, "upgrade"], environment)
                            measure("limbeck downgrade base, down", [*program, "downgrade", "base"], environment)
                        elif make is alembic:
                            measure("alembic upgrade head, up", [*command[:-2], "upgrade", "head"], environment)
                        else:
                            measure(f"{' '.join(map(str, command[:2])) if make is sqlx else 'refinery migrate'}, up",
                                    command, environment)
                    elif number == 0:
                        print(f"{name} is not on the PATH: left out", file=sys.stderr)
        finally:
            server.stop()
    median = {name: statistics.median(walls) for name, walls in figures.items()}
    print(f"| {REVISIONS} revisions at {MILLISECONDS:g} ms | waits | wall ms | ÷ `psql` |\n|---|---|---|---|")
    for name, wall in median.items():
        base = median.get(f"psql, one message each, {name.rsplit(', ', 1)[1]}")
        ratio = f"{wall / base:.2f}" if base else ""
        print(f"| {name} | {turns[name]} | {wall:.0f} | {ratio} |")


main()
