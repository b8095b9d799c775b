# SPDX-License-Identifier: Apache-2.0
"""``stackloom network list`` beside ``openstack network list``: same cloud, same run, turn by turn.

Needs the local cloud up. Installs python-openstackclient, byte code compiled, into a venv of its
own under the cache directory. Prints medians of whole processes and their ratio::

    scripts/uv run benchmarks/network_list.py [--rounds 7]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import uv

from stackloom.local.access import access

PEER = "python-openstackclient==10.5.0"
# The least that any Python program needs for this job: start, one GET with a token, print.
BARE = """
import http.client, json, os, sys
from urllib.parse import urlsplit
url = urlsplit(os.environ["NETWORK_URL"])
connection = http.client.HTTPConnection(url.netloc)
connection.request("GET", "/v2.0/networks", headers={"X-Auth-Token": os.environ["TOKEN"]})
for network in json.load(connection.getresponse())["networks"]:
    sys.stdout.write(network["id"] + " " + network["name"] + chr(10))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    found = access()
    if found is None:
        print("the local cloud is not up: stackloom local up", file=sys.stderr)
        return 1
    environment = {**os.environ, **found.environment("demo")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= _token_and_endpoint(environment)
    commands = {
        "openstack network list": [str(_peer()), "network", "list"],
        "stackloom network list": [
            str(Path(sys.executable).parent / "stackloom"),
            "network",
            "list",
        ],
        "bare python, http.client": [sys.executable, "-c", BARE],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):  # the first of each warms caches and is not counted
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            times[name].append(time.perf_counter() - started)
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}
    for name, seconds in medians.items():
        print(f"{name:<28} {seconds * 1000:7.0f} ms  (median of {rounds})")
    peer, ours, bare = medians.values()
    print(f"openstack : stackloom = {peer / ours:.1f} : 1")
    print(f"stackloom : bare python = {ours / bare:.2f} : 1")
    return 0


def _peer() -> Path:
    """Install the peer once, and return its command."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    venv = cache / "stackloom" / "benchmarks" / PEER.replace("==", "-")
    command = venv / "bin" / "openstack"
    if not command.exists():
        uv_command = uv.find_uv_bin()
        subprocess.run([uv_command, "venv", "--quiet", "--clear", str(venv)], check=True)
        install = [uv_command, "pip", "install", "--quiet", "--compile-bytecode"]
        subprocess.run([*install, "--python", str(venv / "bin" / "python"), PEER], check=True)
    return command


def _token_and_endpoint(environment: dict[str, str]) -> dict[str, str]:
    """Log in for the bare program, which gets its token for nothing."""
    command = [str(Path(sys.executable).parent / "stackloom"), "token", "issue", "-f", "value"]
    issued = subprocess.run(
        [*command, "-c", "id"], env=environment, check=True, capture_output=True, text=True
    )
    listed = subprocess.run(
        [command[0], "local", "status", "-f", "value", "-c", "Service", "-c", "URL"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    urls = dict(line.split(" ", 1) for line in listed.stdout.splitlines())
    return {"TOKEN": issued.stdout.strip(), "NETWORK_URL": urls["neutron"]}


if __name__ == "__main__":
    sys.exit(main())
