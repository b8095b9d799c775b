# SPDX-License-Identifier: Apache-2.0
"""``list`` and ``show`` for any kind, from its columns."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from stackloom.cli.command import Command, Invocation
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_list,
    write_one,
)

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind, State

StateT = TypeVar("StateT", bound="State")


def read_commands(kind_module: str) -> tuple[Command, Command]:
    """Return ``list`` and ``show`` of the kind in a module, such as ``network.network``.

    The module is imported when a command runs, not when help is printed.
    """
    words = kind_module.rsplit(".", 1)[1].replace("_", " ")

    def run_list(invocation: Invocation) -> int:
        kind = _kind(kind_module)
        states = _all(invocation, kind)
        titles = [column.title for column in kind.columns]
        write_list(
            invocation, titles, ([column.value(s) for column in kind.columns] for s in states)
        )
        return 0

    def run_show(invocation: Invocation) -> int:
        kind = _kind(kind_module)
        write_one(invocation, fields(_one(invocation, kind, invocation.options.name)))
        return 0

    return (
        Command(
            name="list",
            help=f"List {words}s",
            arguments=lambda parser: add_output_options(parser, LIST_FORMATS),
            run=run_list,
        ),
        Command(
            name="show",
            help=f"Show one {words}",
            arguments=_show_arguments,
            run=run_show,
        ),
    )


def fields(state: State) -> Mapping[str, object]:
    """Return every field of a state, as plain values."""
    import msgspec

    plain: Mapping[str, object] = msgspec.to_builtins(state)
    return plain


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="name or id")
    add_output_options(parser, SHOW_FORMATS)


def _kind(module: str) -> Kind[Any]:
    import importlib

    from stackloom.cloud.kind import Kind

    kind = importlib.import_module(f"stackloom.resources.{module}").KIND
    assert isinstance(kind, Kind), f"{module} must define KIND"
    return kind


def _all(invocation: Invocation, kind: Kind[StateT]) -> list[StateT]:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import list_states

    async def work(cloud: Cloud) -> list[StateT]:
        states = [state async for state in list_states(cloud, kind)]
        token = await cloud.token()
        if not states and not token.project_id:
            # Neutron filters by the token's project and answers an empty list where there is none.
            invocation.talk(
                f"note: this token is for {token.scope} and owns no project, so the empty list "
                "says nothing; name a project: --os-project-name"
            )
        return states

    return ask_cloud(invocation, work)


def _one(invocation: Invocation, kind: Kind[StateT], name: str) -> StateT:
    from stackloom.cli.connection import ask_cloud
    from stackloom.cloud.verbs import find

    return ask_cloud(invocation, lambda cloud: find(cloud, kind, name))
