# SPDX-License-Identifier: Apache-2.0
"""``init``: a scenario to begin with."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", default="scenario.yaml", help="what to write")
    parser.add_argument("--name", default="", help="the scenario's name; by default the file's")


def _init(invocation: Invocation) -> int:
    import re
    from importlib.resources import files
    from pathlib import Path

    from stackloom.cli.new_file import write_new

    path = Path(invocation.options.file)
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", path.stem).strip("-._")
    name = invocation.options.name or plain or "lab"
    text = files("stackloom.cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    write_new(path, text.replace("NAME", name, 1))
    invocation.talk(f"wrote {path}; now: stackloom plan {path}")
    return 0


GROUP = Group(
    help="Write a scenario to begin with",
    commands=(Command(help="Write a commented starter", arguments=_arguments, run=_init),),
)
