# SPDX-License-Identifier: Apache-2.0
"""What the local cloud costs: first start with download, later starts, reset, memory.

Works in a directory of its own with a download cache of its own; takes both away at the end::

    scripts/uv run benchmarks/local_cloud.py [--rounds 5] [--write]

``--write`` puts the table into docs/guide/local-cloud-figures.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from stackloom.local import status

COMMAND = str(Path(sys.executable).parent / "stackloom")
PAGE = Path(__file__).parents[1] / "docs" / "guide" / "local-cloud-figures.md"
BEGIN, END = "<!-- written by benchmarks/local_cloud.py -->", "<!-- end -->"
BASE = ("keystone", "glance", "placement", "neutron", "nova")
TOGETHER = ("one", "two", "three")
# The same five services of the same release started side by side, each as a process of its own, on
# the same kind of machine: 25-30 s, and 795 MB of resident memory.
BEFORE_UP_SECONDS, BEFORE_MEMORY_MIB = 27.5, 795

Row = tuple[str, str, str]  # what, measured, how it was before


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="stackloom-benchmark-") as directory:
        os.environ |= {
            "XDG_DATA_HOME": f"{directory}/data",
            "XDG_CACHE_HOME": f"{directory}/cache",
            "UV_CACHE_DIR": f"{directory}/uv",
        }
        try:
            rows = _measure(options.rounds)
        finally:
            for name in ("local", *TOGETHER):
                _local("down", name)
    table = _table(rows, load)
    print(table)
    if options.write:
        text = PAGE.read_text()
        before, _, rest = text.partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}")
    return 0


def _measure(rounds: int) -> list[Row]:
    first = _timed(lambda: _local("up"))
    memory = _memory_rows()
    again = _timed(lambda: _local("up"))
    ups, downs, resets = [], [], []
    for _ in range(rounds):
        resets.append(_timed(lambda: _local("reset")))
        downs.append(_timed(lambda: _local("down")))
        ups.append(_timed(lambda: _local("up")))
    _local("down")
    up = statistics.median(ups)
    together = _timed(_up_together)
    in_all = sum(status.status(name).memory_mib for name in TOGETHER)
    return [
        ("first `up`: download, installation, preparation, start", f"{first:.1f} s", ""),
        (
            f"`up` when installed (median of {rounds})",
            f"{up:.1f} s",
            f"25-30 s: {BEFORE_UP_SECONDS / up:.0f} times as fast",
        ),
        ("`up` when it is up", f"{again:.1f} s", ""),
        (f"`reset` (median of {rounds})", f"{statistics.median(resets):.1f} s", ""),
        (f"`down` (median of {rounds})", f"{statistics.median(downs):.1f} s", ""),
        *memory,
        (f"`up` of {len(TOGETHER)} clouds at once", f"{together:.1f} s", ""),
        (f"memory of {len(TOGETHER)} clouds", f"{in_all:.0f} MiB", ""),
    ]


def _memory_rows() -> list[Row]:
    """Return the memory right after the start, in all and by service."""
    found = status.status()
    share = {row.service: row.memory_mib for row in found.services}
    base = sum(share[name] for name in BASE)
    supervisor = found.memory_mib - sum(share.values())
    ratio = f"{BEFORE_MEMORY_MIB} (resident): {base / BEFORE_MEMORY_MIB:.0%} of it"
    rows: list[Row] = [("memory of the five base services (PSS)", f"{base:.0f} MiB", ratio)]
    rows += [(f"… {name}", f"{share[name]:.0f} MiB", "") for name in share]
    rows += [("… supervisor", f"{supervisor:.0f} MiB", "")]
    return [*rows, ("memory in all", f"{found.memory_mib:.0f} MiB", "")]


def _up_together() -> None:
    started = [subprocess.Popen([COMMAND, "local", "up", "-q", "--name", n]) for n in TOGETHER]
    assert [each.wait() for each in started] == [0] * len(TOGETHER)


def _local(word: str, name: str = "local") -> None:
    subprocess.run([COMMAND, "local", word, "--name", name], check=True, capture_output=True)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _table(rows: list[Row], load: float) -> str:
    date = time.strftime("%Y-%m-%d", time.gmtime())
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines = [
        f"{date}, commit {_commit()}, {machine}, load average {load:.1f} when it began.",
        "Times are those of the whole command, the interpreter's start included.",
        "",
        "| | measured | before |",
        "|---|---|---|",
    ]
    lines += [f"| {what} | {measured} | {before} |" for what, measured, before in rows]
    return "\n".join([*lines, ""])


def _commit() -> str:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
