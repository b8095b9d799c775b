# SPDX-License-Identifier: Apache-2.0
"""The options of commands on kinds, each tied to a field of the API.

A command file lists them; the names are those of the ``openstack`` client, the fields those of the
service. Names of other resources are looked up and replaced by ids before anything is sent.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from stackloom.errors import UsageError

Add = Callable[[ArgumentParser, str], None]
Take = Callable[[Any], object]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One option, or a pair of them, that sets one field.

    Attributes:
        flag: as typed, such as ``--dns-nameserver``; without dashes it is a positional argument.
        field: the API's name, dots for what is nested: ``external_gateway_info.network_id``.
        add: declares it to a parser under a destination.
        take: turns what argparse gives into what the API wants.
        refers: the module of the kind that its values name, such as ``network.network``.
    """

    flag: str
    field: str
    add: Add
    take: Take = lambda given: given
    refers: str = ""

    @property
    def destination(self) -> str:
        """The attribute in which argparse puts it; apart from those of other options."""
        return "field_" + self.flag.strip("-").replace("-", "_")


def text(flag: str, field: str, help: str, **settings: Any) -> Field:
    """Take a word; *settings* go to ``add_argument``: ``choices``, ``required``, ``metavar``."""
    return Field(flag=flag, field=field, add=_option(flag, help, **settings))


def number(flag: str, field: str, help: str, **settings: Any) -> Field:
    """Take a whole number."""
    return Field(flag=flag, field=field, add=_option(flag, help, type=int, **settings))


def switch(flag: str, field: str, help: str, *, value: object = True) -> Field:
    """Set a field to one fixed value."""
    return Field(flag=flag, field=field, add=_option(flag, help, action="store_const", const=value))


def pair(yes: str, no: str, field: str, help: str) -> Field:
    """Take one of two options, for true and for false."""

    def add(parser: ArgumentParser, destination: str) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument(yes, dest=destination, action="store_const", const=True, help=help)
        group.add_argument(
            no, dest=destination, action="store_const", const=False, help="the opposite"
        )

    return Field(flag=yes, field=field, add=add)


def several(flag: str, field: str, help: str, *, take: Take = list, **settings: Any) -> Field:
    """Take an option that may be repeated; *take* turns the list of words into the value."""
    return Field(
        flag=flag, field=field, take=take, add=_option(flag, help, action="append", **settings)
    )


def pairs(flag: str, field: str, help: str) -> Field:
    """Take ``KEY=VALUE``, repeatable, into an object."""
    return several(flag, field, f"{help}; repeatable", take=key_values, metavar="KEY=VALUE")


def named(flag: str, field: str, kind: str, help: str, **settings: Any) -> Field:
    """Take the name or id of another resource, and set its id."""
    settings.setdefault("metavar", kind.rpartition(".")[2].upper())
    return Field(flag=flag, field=field, refers=kind, add=_option(flag, help, **settings))


def several_named(flag: str, field: str, kind: str, help: str, *, take: Take = list) -> Field:
    """Take names or ids of other resources, repeatable, and set their ids."""
    shown = kind.rpartition(".")[2].upper()
    add = _option(flag, f"{help}; repeatable", action="append", metavar=shown)
    return Field(flag=flag, field=field, refers=kind, take=take, add=add)


def key_values(words: Sequence[str]) -> dict[str, str]:
    """Read ``KEY=VALUE`` words.

    Raises:
        UsageError: one has no ``=``, or nothing before it.
    """
    split = [word.partition("=") for word in words]
    if wrong := [key for key, equals, _ in split if not equals or not key]:
        raise UsageError(f'"{wrong[0]}" should be KEY=VALUE')
    return {key: value for key, _, value in split}


def comma_pairs(words: Sequence[str]) -> list[dict[str, str]]:
    """Read words like ``start=10.0.0.2,end=10.0.0.9`` into objects."""
    return [key_values(word.split(",")) for word in words]


def add_fields(parser: ArgumentParser, fields: Iterable[Field]) -> None:
    """Declare *fields* to a command's parser."""
    for each in fields:
        each.add(parser, each.destination)


def given_fields(options: Namespace, fields: Iterable[Field]) -> list[tuple[Field, Any]]:
    """Return the fields that were given on the command line, with what was."""
    values = ((each, getattr(options, each.destination, None)) for each in fields)
    return [(each, value) for each, value in values if value is not None]


def body_of(given: Iterable[tuple[Field, Any]]) -> dict[str, Any]:
    """Return the fields of the API; what is nested is put inside what holds it."""
    body: dict[str, Any] = {}
    for each, value in given:
        *holders, name = each.field.split(".")
        inside = body
        for holder in holders:
            inside = inside.setdefault(holder, {})
        inside[name] = each.take(value)
    return body


def _option(flag: str, help: str, **settings: Any) -> Add:
    def add(parser: ArgumentParser, destination: str) -> None:
        if flag.startswith("-"):
            parser.add_argument(flag, dest=destination, help=help, **settings)
        else:
            settings.setdefault("metavar", flag)
            parser.add_argument(destination, help=help, **settings)

    return add


Lookup = Mapping[tuple[str, str], str]
"""``{(kind module, name or id): id}``."""


def lookups(given: Iterable[tuple[Field, Any]]) -> list[tuple[str, str]]:
    """Return what has to be looked up, each once: ``(kind module, name or id)``."""
    wanted: dict[tuple[str, str], None] = {}
    for each, value in given:
        if each.refers:
            wanted |= dict.fromkeys((each.refers, name) for name in _listed(value))
    return list(wanted)


def with_ids(given: Iterable[tuple[Field, Any]], ids: Lookup) -> list[tuple[Field, Any]]:
    """Return *given* with every name of another resource replaced by its id."""
    result: list[tuple[Field, Any]] = []
    for each, value in given:
        if each.refers and isinstance(value, list):
            result.append((each, [ids[each.refers, name] for name in value]))
        else:
            result.append((each, ids[each.refers, value] if each.refers else value))
    return result


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
