# SPDX-License-Identifier: Apache-2.0
"""What processes of the service tell each other, and systemd: that they are up."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

import msgspec

from stackloom.errors import StackloomError

# The descriptor that ``serve`` reads: one line of JSON (`Start`).
READY_VARIABLE = "STACKLOOM_READY_DESCRIPTOR"
# The descriptor of the socket that the API accepts connections at.
LISTENER_VARIABLE = "STACKLOOM_LISTEN_DESCRIPTOR"
_SYSTEMD_VARIABLE = "NOTIFY_SOCKET"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """How the start of a process went.

    Attributes:
        error: why it is not up, empty where it is; *hint* goes with it.
    """

    error: str = ""
    hint: str = ""


def tell_ready(status: str) -> None:
    """Say that this process is up; *status* is what ``systemctl status`` shows."""
    _tell_parent(Start())
    tell_systemd(os.environ, f"READY=1\nSTATUS={status}")


def tell_failed(error: StackloomError) -> bool:
    """Say why this process does not come up; False where nobody wants to know."""
    return _tell_parent(Start(error=str(error), hint=error.hint))


def _tell_parent(start: Start) -> bool:
    descriptor = os.environ.pop(READY_VARIABLE, "")
    if not descriptor:
        return False
    with os.fdopen(int(descriptor), "wb") as writer:
        writer.write(msgspec.json.encode(start) + b"\n")
    return True


def tell_systemd(environment: Mapping[str, str], words: str) -> None:
    """Send words of sd_notify(3), such as ``STOPPING=1``, where systemd started this process."""
    path = environment.get(_SYSTEMD_VARIABLE, "")
    if not path:
        return
    # An address that begins with @ is one without a file (unix(7), abstract).
    name = f"\0{path[1:]}" if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        try:
            out.sendto(words.encode(), name)
        except OSError:
            # Nobody reads there; being up does not depend on it.
            return


def without_notices(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for children: systemd hears from their parent only."""
    ours = (_SYSTEMD_VARIABLE, READY_VARIABLE)
    return {name: value for name, value in environment.items() if name not in ours}
