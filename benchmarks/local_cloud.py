# SPDX-License-Identifier: Apache-2.0
"""What the local cloud costs: first start with download, later starts, reset, memory.

Works in a directory of its own with a download cache of its own; takes both away at the end::

    scripts/uv run benchmarks/local_cloud.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COMMAND = str(Path(sys.executable).parent / "stackloom")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="stackloom-benchmark-") as directory:
        environment = {
            **os.environ,
            "XDG_DATA_HOME": f"{directory}/data",
            "XDG_CACHE_HOME": f"{directory}/cache",
            "UV_CACHE_DIR": f"{directory}/uv",
        }
        try:
            _measure(environment, rounds)
        finally:
            _local(environment, "down")
    return 0


def _measure(environment: dict[str, str], rounds: int) -> None:
    first = _timed(lambda: _local(environment, "up"))
    _say("first up, download and installation included", first)
    status = json.loads(_local(environment, "status", "-f", "json"))
    memory = sum(row["memory_mib"] for row in status["services"])
    print(f"{'memory of the five services (PSS)':<48} {memory:6.0f} MiB")
    ups: list[float] = []
    for _ in range(rounds):
        _local(environment, "down")
        ups.append(_timed(lambda: _local(environment, "up")))
    _say(f"up, installed (median of {rounds})", statistics.median(ups))
    resets = [_timed(lambda: _local(environment, "reset")) for _ in range(rounds)]
    _say(f"reset to the fresh state (median of {rounds})", statistics.median(resets))
    print(f"{'first up : later up':<48} {first / statistics.median(ups):6.1f} : 1")


def _local(environment: dict[str, str], *words: str) -> str:
    result = subprocess.run(
        [COMMAND, "local", *words], env=environment, check=True, capture_output=True, text=True
    )
    return result.stdout


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _say(what: str, seconds: float) -> None:
    print(f"{what:<48} {seconds:6.1f} s")


if __name__ == "__main__":
    sys.exit(main())
