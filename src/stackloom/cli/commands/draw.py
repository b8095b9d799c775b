# SPDX-License-Identifier: Apache-2.0
"""``draw``: show a topology: what a file asks for, a plan does, or the cloud has."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.scenario_file import add_variables

if TYPE_CHECKING:
    from pathlib import Path

    from stackloom.cloud.cloud import Cloud
    from stackloom.scenario.picture.format import Format
    from stackloom.scenario.picture.overlay import Picture

_FORMATS = ("text", "svg", "png", "mermaid", "dot")


def _arguments(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("file", nargs="?", help="draw what this scenario asks for")
    which.add_argument("--scenario", metavar="NAME", help="draw what the cloud has of it")
    which.add_argument("--project", action="store_true", help="draw everything in the project")
    add_variables(parser)
    parser.add_argument(
        "--plan", action="store_true", help="compare the file with the cloud, and draw what changes"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write it there: .svg, .png, .mmd, .dot or .txt"
    )
    parser.add_argument(
        "-f", "--format", choices=_FORMATS, help="how to write it; by the file's ending, or as text"
    )
    parser.add_argument(
        "--theme",
        choices=("auto", "light", "dark"),
        help="the colours of an SVG or PNG; auto is both in one SVG",
    )
    parser.add_argument(
        "--expand", action="store_true", help="show each of many servers that are alike, not one"
    )
    parser.add_argument("--ascii", action="store_true", help="text with only ASCII characters")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if FILE is not up to date"
    )


def _draw(invocation: Invocation) -> int:
    from pathlib import Path

    from stackloom.scenario.picture.format import Format, Look, rendered
    from stackloom.scenario.picture.theme import Theme

    options = invocation.options
    format = _format(options)
    plain = options.ascii or (not options.output and not _takes_unicode(invocation))
    look = Look(theme=Theme(options.theme or "auto"), expand=options.expand, plain=plain)
    content = rendered(_picture(invocation), format, look)
    if options.check:
        return _check(invocation, Path(options.output), content)
    if options.output:
        _write(Path(options.output), content)
    else:
        assert format is not Format.PNG, "a PNG without a file was refused"
        invocation.data(content.decode().removesuffix("\n"))
    return 0


def _picture(invocation: Invocation) -> Picture:
    from stackloom import operations
    from stackloom.cli.connection import with_cloud
    from stackloom.cli.running import show_warnings
    from stackloom.cli.scenario_file import load

    options = invocation.options
    if options.file and not options.plan:
        return operations.topology_of(load(invocation).scenario)
    loaded = load(invocation) if options.file else None

    async def work(cloud: Cloud) -> Picture:
        if options.project:
            return await operations.project_topology(cloud)
        if loaded is None:
            return await operations.topology(cloud, options.scenario)
        planned = await operations.plan(cloud, loaded)
        show_warnings(invocation, planned)
        return operations.planned_topology(planned)

    return with_cloud(invocation, work)


def _format(options: Namespace) -> Format:
    """Return the format, and refuse what does not go together."""
    from stackloom.errors import UsageError
    from stackloom.scenario.picture.format import Format, format_of

    if options.format:
        format = Format(options.format)
    else:
        format = format_of(options.output) if options.output else Format.TEXT
    is_drawn = format in {Format.SVG, Format.PNG}
    refused = {
        "--plan compares a file with the cloud, so it needs FILE": options.plan
        and not options.file,
        "--var and --var-file give values to a file's variables, so they need FILE": (
            options.var or options.var_file
        )
        and not options.file,
        "--check compares with a file, so it needs -o FILE": options.check and not options.output,
        "a PNG is no text to be shown, so it needs -o FILE": format is Format.PNG
        and not options.output,
        f"--theme is for svg and png; {format.value} has no colours of its own": options.theme
        and not is_drawn,
        "--expand is for the other formats; text shows each server anyway": options.expand
        and format is Format.TEXT,
        f"--ascii is for text, not for {format.value}": options.ascii and format is not Format.TEXT,
    }
    for message, is_so in refused.items():
        if is_so:
            raise UsageError(message)
    return format


def _check(invocation: Invocation, path: Path, content: bytes) -> int:
    """Return 0 if a file is what would be written, 1 if it is not, and say so."""
    if path.is_file() and path.read_bytes() == content:
        return 0
    state = "is not up to date" if path.is_file() else "is not there"
    invocation.talk(f"{path} {state}; the same command without --check writes it")
    return 1


def _write(path: Path, content: bytes) -> None:
    from stackloom.errors import UsageError

    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"the picture cannot be written to {path}: {error.strerror}",
            hint="name a file in a directory that is there and may be written to",
        ) from error


def _takes_unicode(invocation: Invocation) -> bool:
    return "utf" in (invocation.stdout.encoding or "utf-8").lower()


GROUP = Group(
    help="Show a topology",
    commands=(
        Command(help="Draw a scenario, a plan or a project", arguments=_arguments, run=_draw),
    ),
)
