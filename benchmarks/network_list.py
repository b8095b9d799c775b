# SPDX-License-Identifier: Apache-2.0
"""``stackloom network list`` beside ``openstack network list``: same cloud, same run, turn by turn.

Beside them the least that any Python program needs for this job, and what a person waits for
between commands: help and completion. Whole processes, the interpreter's start included; a token is
cached, as after any first command. Needs a local cloud that is up. Prints medians and ratios; exits
with 1 when a bar is missed::

    scripts/uv run benchmarks/network_list.py [--rounds 15] [--name local]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bars import Bars
from peers.install import installed

from stackloom.local.access import access

# Start, one GET with a token, print.
BARE = """
import http.client, json, os, sys
from urllib.parse import urlsplit
url = urlsplit(os.environ["NETWORK_URL"])
connection = http.client.HTTPConnection(url.netloc)
connection.request("GET", "/v2.0/networks", headers={"X-Auth-Token": os.environ["TOKEN"]})
for network in json.load(connection.getresponse())["networks"]:
    sys.stdout.write(network["id"] + " " + network["name"] + chr(10))
"""
STACKLOOM = str(Path(sys.executable).parent / "stackloom")
PEER_LIST, OUR_LIST, BARE_LIST = "openstack network list", "stackloom network list", "bare python"
WORDS = {
    "stackloom --help": ["--help"],
    "stackloom server create --help": ["server", "create", "--help"],
    "completion of a word": ["complete", "--", "network", "li"],
}
MOST_OF_BARE, LEAST_OF_PEER, MOST_FOR_HELP_MS = 1.5, 10.0, 100.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--name", default="local", help="the local cloud's name")
    options = parser.parse_args()
    found = access(options.name)
    if found is None:
        print("the local cloud is not up: stackloom local up", file=sys.stderr)
        return 1
    environment = {**os.environ, **found.environment("demo")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= _token_and_endpoint(environment, options.name)
    commands = {
        PEER_LIST: [str(installed() / "openstack"), "network", "list"],
        OUR_LIST: [STACKLOOM, "network", "list"],
        BARE_LIST: [sys.executable, "-c", BARE],
        **{name: [STACKLOOM, *words] for name, words in WORDS.items()},
    }
    medians = _medians_ms(commands, environment, options.rounds)
    for name, median in medians.items():
        print(f"{name:<32} {median:6.0f} ms  (median of {options.rounds})")
    bars = Bars()
    bars.at_most(
        OUR_LIST, medians[OUR_LIST] / medians[BARE_LIST], MOST_OF_BARE, "times bare python"
    )
    ratio = medians[PEER_LIST] / medians[OUR_LIST]
    bars.at_least(OUR_LIST, ratio, LEAST_OF_PEER, f"times faster than {PEER_LIST}")
    for name in WORDS:
        bars.at_most(name, medians[name], MOST_FOR_HELP_MS, "ms on this machine")
    return 1 if bars.missed else 0


def _medians_ms(
    commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], rounds: int
) -> dict[str, float]:
    """Run all of them in turn, some rounds; the first warms caches and does not count."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(each[1:]) * 1000 for name, each in times.items()}


def _token_and_endpoint(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """Log in for the bare program, which gets its token for nothing."""

    def said(*words: str) -> str:
        command = [STACKLOOM, *words, "-f", "value"]
        ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return ended.stdout.strip()

    listed = said("local", "status", "--name", name, "-c", "Service", "-c", "URL")
    urls = dict(line.split(" ", 1) for line in listed.splitlines())
    return {"TOKEN": said("token", "issue", "-c", "id"), "NETWORK_URL": urls["neutron"]}


if __name__ == "__main__":
    sys.exit(main())
