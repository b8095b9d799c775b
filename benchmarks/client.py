# SPDX-License-Identifier: Apache-2.0
"""What requests and long lists cost, beside openstacksdk: same answers, same run, turn by turn.

Against the stub (``stub_cloud/``, a process of its own whose time does not count), without latency:

* 1,000 GETs of a list, 50 at a time: CPU of the library, and of openstacksdk in threads;
* a loop over 10,000 networks, 1,000 a page, in both;
* peak memory of ``stackloom network list`` with 1,000, 10,000 and 50,000 networks.

Log-ins, imports and a first request come before a loop's clock starts. Prints tables with ratios;
exits with 1 when a bar is missed::

    scripts/uv run benchmarks/client.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bars import Bars
from peers.install import installed
from peers.measured import measure
from stub_cloud.process import StubProcess

REQUESTS, AT_ONCE, NETWORKS_EACH = 1_000, 50, 50
PAGE = 1_000
COUNTS = (1_000, 10_000, 50_000)
FORMATS = ("value", "csv", "json", "yaml", "table")
OURS, PEER = "stackloom", "openstacksdk"
# The bars: CPU of the GETs at most a third; the loop at least 5 times faster; memory of a streamed
# list the same for five times as many, but for what the allocator rounds.
MOST_CPU, LEAST_SPEED, MOST_MEMORY = 1 / 3, 5.0, 1.1
_PEERS = Path(__file__).parent / "peers"


class Bench:
    """A stub with networks in it, and those who ask it."""

    def __init__(self, stub: StubProcess, cache: str, rounds: int) -> None:
        self._stub = stub
        self._environment = {**os.environ, **stub.environment(), "XDG_CACHE_HOME": cache}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._rounds = rounds
        self._pythons = {PEER: str(installed() / "python"), OURS: sys.executable}
        self.bars = Bars()

    def run(self) -> None:
        self._stub.add_networks(NETWORKS_EACH)
        self._gets()
        self._stub.reset(empty=True)
        have = 0
        memory: dict[int, dict[str, float]] = {}
        for count in COUNTS:
            self._stub.add_networks(count - have)
            have = count
            if count == 10_000:
                self._loop(count)
            memory[count] = {each: self._memory_mb(each) for each in FORMATS}
        self._tell_memory(memory)

    def _gets(self) -> None:
        numbers = [str(REQUESTS), str(AT_ONCE)]
        found = self._turn_by_turn(
            {
                PEER: ["sdk_gets.py", *numbers, "/networks"],
                OURS: ["stackloom_gets.py", *numbers, "/v2.0/networks"],
            }
        )
        print(f"{REQUESTS:,} GETs of {NETWORKS_EACH} networks, {AT_ONCE} at a time")
        self._tell(found, REQUESTS)
        share = found[OURS]["cpu_seconds"] / found[PEER]["cpu_seconds"]
        self.bars.at_most("CPU of the GETs", share, MOST_CPU, "of openstacksdk's")

    def _loop(self, count: int) -> None:
        found = self._turn_by_turn(
            {PEER: ["sdk_list.py", str(PAGE)], OURS: ["stackloom_list.py", str(PAGE)]}
        )
        assert found[OURS]["count"] == found[PEER]["count"] == count
        print(f"a loop over {count:,} networks, {PAGE:,} a page")
        self._tell(found, count)
        ratio = found[PEER]["seconds"] / found[OURS]["seconds"]
        self.bars.at_least("the loop", ratio, LEAST_SPEED, "times faster than openstacksdk's")

    def _memory_mb(self, format: str) -> float:
        command = str(Path(sys.executable).parent / "stackloom")
        listed = [command, "network", "list", "-f", format]
        return measure(listed, self._environment).memory_mb

    def _tell_memory(self, memory: dict[int, dict[str, float]]) -> None:
        print("peak memory of stackloom network list, MB")
        print(f"  {'-f':<14}" + "".join(f"{count:>10,}" for count in COUNTS))
        for each in FORMATS:
            print(f"  {each:<14}" + "".join(f"{memory[count][each]:>10.0f}" for count in COUNTS))
        few, many = COUNTS[-2:]
        for each in FORMATS[:-1]:  # a table has to know all its rows
            ratio = memory[many][each] / memory[few][each]
            what = f"-f {each}: memory for {many // few} times as many"
            self.bars.at_most(what, ratio, MOST_MEMORY, "times")

    def _turn_by_turn(self, scripts: dict[str, list[str]]) -> dict[str, dict[str, float]]:
        """Run each script in turn, some rounds, and return the medians of what they print."""
        said: dict[str, list[dict[str, float]]] = {name: [] for name in scripts}
        for _ in range(self._rounds):
            for name, (script, *words) in scripts.items():
                command = [self._pythons[name], str(_PEERS / script), *words]
                said[name].append(json.loads(measure(command, self._environment).output))
        return {
            name: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            for name, rows in said.items()
        }

    def _tell(self, found: dict[str, dict[str, float]], count: int) -> None:
        for name, row in found.items():
            each = row["cpu_seconds"] / count * 1e6
            print(
                f"  {name:<14}{row['seconds']:8.3f} s, CPU {row['cpu_seconds']:7.3f} s,"
                f" {each:6.1f} µs each  (median of {self._rounds})"
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory(prefix="stackloom-benchmark-") as cache,
        StubProcess(latency=0, build=0, gone=0) as stub,
    ):
        bench = Bench(stub, cache, rounds)
        bench.run()
    return 1 if bench.bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
