# SPDX-License-Identifier: Apache-2.0
"""Prepare a release's databases, or supervise one cloud.

``python -m stackloom_cloud prepare|supervise INSTRUCTIONS``; events go to standard output, one JSON
object a line. ``supervise`` detaches itself first: the process that was started ends at once, and
the supervisor lives on in a session of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import instructions as instructions_file
from . import prepare, process
from .events import Events
from .instructions import Instructions
from .supervisor import Supervisor


def main(arguments: list[str]) -> int:
    """Do what the two arguments say."""
    task, path = arguments
    instructions = instructions_file.read(Path(path))
    events = Events(os.dup(1))
    if task == "prepare":
        process.die_with_parent(os.getppid())
        process.log_to(instructions.log)
        return prepare.run(instructions, events)
    launcher = os.dup(0)
    if os.fork():
        return 0
    os.setsid()
    _settle_down(instructions)
    events.send("supervisor", pid=os.getpid())
    return Supervisor(instructions, events).run(launcher)


def _settle_down(instructions: Instructions) -> None:
    """Let go of the terminal, and keep a note of who we are."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    process.log_to(instructions.log)
    process.set_name("loom-supervisor")
    (instructions.run / "supervisor.pid").write_text(f"{os.getpid()}\n")


if __name__ == "__main__":
    given = sys.argv[1:]
    # The services read the words of the command line as their own.
    del sys.argv[1:]
    sys.exit(main(given))
