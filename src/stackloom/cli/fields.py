# SPDX-License-Identifier: Apache-2.0
"""The options of commands on kinds, each tied to a field of the API.

A command file lists them; the names are those of the ``openstack`` client, the fields those of the
service. Names of other resources are looked up and replaced by ids before anything is sent.
"""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from stackloom.errors import UsageError

Add = Callable[[ArgumentParser, str], None]
Take = Callable[[Any], object]
Join = Callable[[Any, Any], object]


def _as_it_is(given: Any) -> Any:
    return given


class InDomain(msgspec.Struct, frozen=True, kw_only=True):
    """A name, and the domain that it is unique in: what ``--project-domain`` adds to it."""

    name: str
    domain: str


Name = str | InDomain
# Kinds whose names are unique only inside a domain.
_IN_DOMAINS = {"identity.project", "identity.user", "identity.group"}


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One option, or a pair of them, that sets one field.

    Attributes:
        flag: as typed, such as ``--dns-nameserver``; without dashes it is a positional argument.
        field: the API's name, dots for what is nested: ``external_gateway_info.network_id``.
        add: declares it to a parser under a destination.
        take: turns what argparse gives into what the API wants.
        refers: the module of the kind that its values name, such as ``network.network``.
        along: fields that what it names decides as well, unless they are given: those of the API
            by those of the state that was found.
        read: turns words into objects before what they name is looked up.
        refers_inside: the same as ``refers`` for keys of those objects.
        join: for lists that the API only takes whole: what the object has and what was given.
        sent_to: it is no field of the object but PUT to this path below it, such as ``tags``.
        domain_flag: the option that says in which domain its value is a name; empty for none.
        brings: fields that it sets beside its own, unless they are given.
    """

    flag: str
    field: str
    add: Add
    take: Take = _as_it_is
    refers: str = ""
    along: Mapping[str, str] = {}
    read: Take = _as_it_is
    refers_inside: Mapping[str, str] = {}
    join: Join | None = None
    sent_to: str = ""
    domain_flag: str = ""
    brings: Mapping[str, object] = {}

    @property
    def destination(self) -> str:
        """The attribute in which argparse puts it; apart from those of other options."""
        return "field_" + self.flag.strip("-").replace("-", "_")

    @property
    def domain_destination(self) -> str:
        """The attribute in which it puts the domain."""
        return f"domain_of_{self.destination}"


def _option(flag: str, help: str, **settings: Any) -> Add:
    # What is not given has no attribute at all, because None may be meant.
    settings.setdefault("default", SUPPRESS)

    def add(parser: ArgumentParser, destination: str) -> None:
        if flag.startswith("-"):
            if settings.get("action", "append") == "append" and "choices" not in settings:
                settings.setdefault("metavar", flag.strip("-").upper())
            parser.add_argument(flag, dest=destination, help=help, **settings)
        else:
            settings.setdefault("metavar", flag)
            parser.add_argument(destination, help=help, **settings)

    return add


def text(flag: str, field: str, help: str, *, take: Take = _as_it_is, **settings: Any) -> Field:
    """Take a word; *settings* go to ``add_argument``: ``choices``, ``required``, ``metavar``."""
    return Field(flag=flag, field=field, take=take, add=_option(flag, help, **settings))


def number(flag: str, field: str, help: str, **settings: Any) -> Field:
    """Take a whole number."""
    return Field(flag=flag, field=field, add=_option(flag, help, type=int, **settings))


def switch(flag: str, field: str, help: str, *, value: object = True, sent_to: str = "") -> Field:
    """Set a field to one fixed value."""
    add = _option(flag, help, action="store_const", const=value)
    return Field(flag=flag, field=field, add=add, sent_to=sent_to)


def pair(yes: str, no: str, field: str, help: str) -> Field:
    """Take one of two options, for true and for false."""

    def add(parser: ArgumentParser, destination: str) -> None:
        group = parser.add_mutually_exclusive_group()
        for flag, const, told in ((yes, True, help), (no, False, "the opposite")):
            group.add_argument(
                flag,
                dest=destination,
                action="store_const",
                const=const,
                default=SUPPRESS,
                help=told,
            )

    return Field(flag=yes, field=field, add=add)


def several(
    flag: str,
    field: str,
    help: str,
    *,
    take: Take = list,
    join: Join | None = None,
    sent_to: str = "",
    **settings: Any,
) -> Field:
    """Take an option that may be repeated; *take* turns the list of words into the value."""
    add = _option(flag, help, action="append", **settings)
    return Field(flag=flag, field=field, take=take, join=join, sent_to=sent_to, add=add)


def objects(
    flag: str,
    field: str,
    help: str,
    keys: Mapping[str, str],
    *,
    required: Sequence[str] = (),
    numbers: Sequence[str] = (),
    refers: Mapping[str, str] | None = None,
    join: Join | None = None,
    sent_to: str = "",
) -> Field:
    """Take words like ``subnet=blue,ip-address=10.0.0.5``, repeatable, into a list of objects.

    Args:
        keys: the API's names by those that are typed: ``{"subnet": "subnet_id"}``.
        required: the typed keys that may not be missing.
        numbers: the typed keys whose values are whole numbers.
        refers: the modules of the kinds that typed keys name: ``{"subnet": "network.subnet"}``.
    """

    def read(words: Sequence[str]) -> list[dict[str, str]]:
        return [_known_keys(key_values(word.split(",")), word) for word in words]

    def _known_keys(given: dict[str, str], word: str) -> dict[str, str]:
        problems = [f'has no "{key}"' for key in required if key not in given]
        problems += [f'cannot have "{key}"' for key in given if key not in keys]
        problems += [
            f'needs a number as "{key}"' for key in numbers if not given.get(key, "0").isdigit()
        ]
        if problems:
            raise UsageError(f'{flag} "{word}" {problems[0]}', hint=f"its keys: {', '.join(keys)}")
        return given

    def take(given: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
        return [
            {keys[key]: int(value) if key in numbers else value for key, value in each.items()}
            for each in given
        ]

    shown = ",".join(f"{key}={key.upper()}" for key in keys)
    return Field(
        flag=flag,
        field=field,
        add=_option(flag, f"{help}; repeatable", action="append", metavar=shown),
        read=read,
        take=take,
        refers_inside=refers or {},
        join=join,
        sent_to=sent_to,
    )


def pairs(flag: str, field: str, help: str) -> Field:
    """Take ``KEY=VALUE``, repeatable, into an object."""
    return several(flag, field, f"{help}; repeatable", take=key_values, metavar="KEY=VALUE")


def named(
    flag: str,
    field: str,
    kind: str,
    help: str,
    *,
    along: Mapping[str, str] | None = None,
    brings: Mapping[str, object] | None = None,
    **settings: Any,
) -> Field:
    """Take the name or id of another resource, and set its id."""
    settings.setdefault("metavar", kind.rpartition(".")[2].upper())
    has_domain = kind in _IN_DOMAINS and flag.startswith("-")
    return Field(
        flag=flag,
        field=field,
        refers=kind,
        along=along or {},
        add=_option(flag, help, **settings),
        domain_flag=f"{flag}-domain" if has_domain else "",
        brings=brings or {},
    )


def several_named(
    flag: str,
    field: str,
    kind: str,
    help: str,
    *,
    take: Take = list,
    join: Join | None = None,
    sent_to: str = "",
) -> Field:
    """Take names or ids of other resources, repeatable, and set their ids."""
    shown = kind.rpartition(".")[2].upper()
    add = _option(flag, f"{help}; repeatable", action="append", metavar=shown)
    return Field(
        flag=flag, field=field, refers=kind, take=take, join=join, sent_to=sent_to, add=add
    )


def added(have: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    """Return what the object has, and after it what was given and is new; for ``join``."""
    return [*have, *(each for each in given if each not in have)]


def without(have: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    """Return what the object has without what was given; for ``join``.

    Of objects some keys are enough: ``subnet_id`` alone takes away every address on the subnet.

    Raises:
        UsageError: there is no such thing in it.
    """
    for each in given:
        if not any(_is_meant(each, one) for one in have):
            raise UsageError(f"it does not have {_told(each)}")
    return [one for one in have if not any(_is_meant(each, one) for each in given)]


def _is_meant(given: Any, one: Any) -> bool:
    if isinstance(given, Mapping) and isinstance(one, Mapping):
        return given.items() <= one.items()
    return bool(given == one)


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{key}={each}" for key, each in value.items())
    return str(value)


NEW_TAGS = (
    several("--tag", "tags", "a word to find it by; repeatable", sent_to="tags", metavar="TAG"),
    switch("--no-tag", "tags", "without tags", value=[], sent_to="tags"),
)
"""The options of ``create`` for tags."""

SET_TAGS = (
    switch(
        "--no-tag", "tags", "take all tags away, before others are added", value=[], sent_to="tags"
    ),
    several("--tag", "tags", "a tag to add; repeatable", join=added, sent_to="tags", metavar="TAG"),
)
"""The options of ``set`` for tags."""

UNSET_TAGS = (
    several(
        "--tag",
        "tags",
        "a tag to take away; repeatable",
        join=without,
        sent_to="tags",
        metavar="TAG",
    ),
    switch("--all-tag", "tags", "take all tags away", value=[], sent_to="tags"),
)
"""The options of ``unset`` for tags."""

TAG_FILTERS = (
    text("--tags", "tags", "with all of these tags, separated by commas", metavar="TAGS"),
    text("--any-tags", "tags-any", "with at least one of these tags", metavar="TAGS"),
    text("--not-tags", "not-tags", "without all of these tags together", metavar="TAGS"),
    text("--not-any-tags", "not-tags-any", "without any of these tags", metavar="TAGS"),
)
"""The options of ``list`` for tags."""


def key_values(words: Sequence[str]) -> dict[str, str]:
    """Read ``KEY=VALUE`` words.

    Raises:
        UsageError: one has no ``=``, or nothing before it.
    """
    split = [word.partition("=") for word in words]
    if wrong := [key for key, equals, _ in split if not equals or not key]:
        raise UsageError(f'"{wrong[0]}" should be KEY=VALUE')
    return {key: value for key, _, value in split}


def add_fields(parser: ArgumentParser, fields: Iterable[Field]) -> None:
    """Declare *fields* to a command's parser."""
    kinds = getattr(parser, "kind_by_destination", None)  # completion wants to know
    for each in fields:
        each.add(parser, each.destination)
        if kinds is not None and each.refers:
            kinds[each.destination] = each.refers
        if each.domain_flag:
            parser.add_argument(
                each.domain_flag,
                dest=each.domain_destination,
                default=SUPPRESS,
                metavar="DOMAIN",
                help=f"the domain in which {each.flag} names it, by name or id",
            )
            if kinds is not None:
                kinds[each.domain_destination] = "identity.domain"


def given_fields(options: Namespace, fields: Iterable[Field]) -> list[tuple[Field, Any]]:
    """Return the fields that were given on the command line, with what was.

    Raises:
        UsageError: a word cannot be read.
    """
    values = ((each, _value(options, each)) for each in fields)
    return [(each, each.read(value)) for each, value in values if value is not msgspec.UNSET]


def _value(options: Namespace, field: Field) -> Any:
    """Return what was given for one field, UNSET for nothing.

    Raises:
        UsageError: a domain was given without what is in it.
    """
    value = getattr(options, field.destination, msgspec.UNSET)
    domain = getattr(options, field.domain_destination, "") if field.domain_flag else ""
    if not domain:
        return value
    if value is msgspec.UNSET:
        raise UsageError(f"{field.domain_flag} goes with {field.flag}")
    return InDomain(name=value, domain=domain)


def body_of(
    given: Iterable[tuple[Field, Any]], have: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the fields of the API; what is nested is put inside what holds it.

    Args:
        have: the object as it is, for fields that have to be joined with it.
    """
    body: dict[str, Any] = {}
    for each, value in given:
        *holders, name = each.field.split(".")
        inside = body
        for holder in holders:
            inside = inside.setdefault(holder, {})
        taken = each.take(value)
        if each.join and have is not None:
            taken = each.join(inside.get(name, _of(have, each.field)), taken)
        inside[name] = taken
        for beside, fixed in each.brings.items():
            body.setdefault(beside, fixed)
    return body


def _of(have: Mapping[str, Any], field: str) -> Any:
    """Return a field of an object, an empty list where it has none."""
    value: Any = have
    for name in field.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return [] if value is None else value


Lookup = Mapping[tuple[str, Name], str]
"""``{(kind module, name or id): id}``."""


def lookups(given: Iterable[tuple[Field, Any]]) -> list[tuple[str, Name]]:
    """Return what has to be looked up, each once: ``(kind module, name or id)``."""
    wanted: dict[tuple[str, Name], None] = {}
    for each, value in given:
        if each.refers:
            wanted |= dict.fromkeys((each.refers, name) for name in _listed(value))
        for key, module in each.refers_inside.items():
            wanted |= dict.fromkeys((module, one[key]) for one in value if key in one)
    return list(wanted)


def with_ids(given: Iterable[tuple[Field, Any]], ids: Lookup) -> list[tuple[Field, Any]]:
    """Return *given* with every name of another resource replaced by its id."""
    result: list[tuple[Field, Any]] = []
    for each, value in given:
        if each.refers_inside:
            result.append((each, [_ids_inside(one, each.refers_inside, ids) for one in value]))
        elif each.refers and isinstance(value, list):
            result.append((each, [ids[each.refers, name] for name in value]))
        else:
            result.append((each, ids[each.refers, value] if each.refers else value))
    return result


def _ids_inside(one: Mapping[str, str], modules: Mapping[str, str], ids: Lookup) -> dict[str, str]:
    return {
        key: ids[modules[key], value] if key in modules else value for key, value in one.items()
    }


def _listed(value: Any) -> list[Name]:
    return value if isinstance(value, list) else [value]
