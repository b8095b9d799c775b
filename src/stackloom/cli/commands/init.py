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

    from stackloom.errors import UsageError

    path = Path(invocation.options.file)
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", path.stem).strip("-._")
    name = invocation.options.name or plain or "lab"
    text = files("stackloom.cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    schema = path.with_name("stackloom-schema.json").name
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text.replace("NAME", name, 1).replace("SCHEMA", schema, 1))
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", hint="give another name") from error
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    invocation.talk(f"wrote {path}; now: stackloom plan {path}")
    return 0


GROUP = Group(
    help="Write a scenario to begin with",
    commands=(Command(help="Write a commented starter", arguments=_arguments, run=_init),),
)
