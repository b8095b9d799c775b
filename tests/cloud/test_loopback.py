# SPDX-License-Identifier: Apache-2.0
"""Nobody outside this machine can reach a local cloud."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from stackloom.local import install, layout, status
from stackloom.local.access import Access
from stackloom.local.blueprint import RUNTIME

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

_LISTENING = "0A"  # TCP_LISTEN in the kernel's include/net/tcp_states.h
_SERVE = """
import sys
from stackloom_cloud import serve
try:
    serve.listening_socket(int(sys.argv[1]))
except ValueError as error:
    print(error)
"""


def _sockets_of(pid: int) -> set[str]:
    """Return the inode numbers of the sockets that a process has open."""
    links = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def _listening() -> dict[str, tuple[str, int]]:
    """Return ``{inode: (address, port)}`` of every TCP socket that listens."""
    found = {}
    for file in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{file}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENING:
                address, _, port = words[1].partition(":")
                raw = bytes.fromhex(address)
                groups = [raw[place : place + 4][::-1] for place in range(0, len(raw), 4)]
                found[words[9]] = (str(ipaddress.ip_address(b"".join(groups))), int(port, 16))
    return found


def test_everything_listens_on_the_loopback_interface_only(local_cloud: Access) -> None:
    """Every service and the supervisor, on every port that they have."""
    found = status.status(local_cloud.name)
    own: set[str] = set()
    for pid in (found.supervisor_pid, *(row.pid for row in found.services)):
        own |= _sockets_of(pid)
    listening = {place for inode, place in _listening().items() if inode in own}
    assert {address for address, _ in listening} == {"127.0.0.1"}
    assert {port for _, port in listening} == {row.port for row in found.services}


def test_the_runtime_refuses_any_other_address(local_cloud: Access) -> None:
    """Even a socket that it is handed ready to use."""
    cloud = layout.from_environment(os.environ).cloud(local_cloud.name)
    environment = Path(json.loads(cloud.instructions.read_text())["environment"])
    with socket.create_server(("127.0.0.3", 0)) as listening:
        descriptor = listening.fileno()
        result = subprocess.run(
            [install.python_of(environment), "-c", _SERVE, str(descriptor)],
            pass_fds=(descriptor,), capture_output=True, text=True, check=True,
            env={"PYTHONPATH": str(RUNTIME)},
        )  # fmt: skip
    assert result.stdout == "refusing to serve on 127.0.0.3: only 127.0.0.1 is served\n"
