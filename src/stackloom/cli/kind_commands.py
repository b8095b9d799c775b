# SPDX-License-Identifier: Apache-2.0
"""``list``, ``show``, ``create``, ``set``, ``unset`` and ``delete`` for any kind.

A command file says which of them a kind has and with which options; the words, the output and the
ways to fail are the same for all. The kind's module is imported when a command runs.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Invocation
from stackloom.cli.fields import (
    Field,
    add_fields,
    body_of,
    given_fields,
)
from stackloom.cli.kind_at_hand import (
    WAIT_SECONDS,
    ask,
    checked,
    each_of,
    load_kind,
    plain,
    plural,
    resolved,
    watch,
    with_article,
    words,
)
from stackloom.cli.output import (
    LIST_FORMATS,
    SHOW_FORMATS,
    add_output_options,
    write_one,
)
from stackloom.errors import CloudError, Conflict, UsageError

if TYPE_CHECKING:
    from stackloom.cli.actions import Acting, Arguments
    from stackloom.cli.listing import View
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind, State

Complete = Callable[[dict[str, Any], Mapping[str, Any]], None]
"""Sees to fields that depend on one another, before they are sent.

It is given the body, which it changes, and the object as it is, empty where it is to be made.
"""


def _is_complete(_body: dict[str, Any], _have: Mapping[str, Any]) -> None:
    """Change nothing: most fields depend on no other."""


Then = Callable[["Acting"], Awaitable[bool]]
"""Does more to what was made, and tells whether there was anything to do."""

Elsewhere = Callable[["Kind[Any]", Mapping[str, Any]], "Kind[Any]"]
"""Returns the kind with the list that options ask for: ``{"group": id}`` has users of its own."""

Look = Callable[["Cloud", Mapping[str, Any]], Awaitable["View"]]
"""Returns how a list is looked at, given what its ``places`` say."""


def _as_ever(kind: Kind[Any], _given: Mapping[str, Any]) -> Kind[Any]:
    return kind


def list_command(
    kind_module: str,
    filters: Sequence[Field] = (),
    *,
    parent: Field | None = None,
    places: Sequence[Field] = (),
    elsewhere: Elsewhere = _as_ever,
    look: Look | None = None,
) -> Command:
    """Return ``list``; *filters* are sent to the service as query parameters.

    Args:
        parent: for kinds below others, the positional argument that names one of these.
        places: options that are no such parameters; *elsewhere* and *look* are given what they say,
            the first to ask for another list, the other for what is shown of it.
    """

    def arguments(parser: ArgumentParser) -> None:
        add_fields(parser, _and_parent(parent, (*places, *filters)))
        parser.add_argument("--long", action="store_true", help="more columns")
        parser.add_argument("--limit", "--max-items", type=_positive, metavar="N", help="at most N")
        parser.add_argument("--marker", metavar="ID", help="begin after this one")
        add_output_options(parser, LIST_FORMATS)

    def run(invocation: Invocation) -> int:
        from stackloom.cli.listing import View, list_kind

        kind = load_kind(kind_module)

        async def work(cloud: Cloud) -> None:
            placed = await _placed(cloud, kind, invocation, parent)
            asked = body_of(await resolved(cloud, given_fields(invocation.options, places)))
            view = await look(cloud, asked) if look else View()
            await list_kind(invocation, cloud, elsewhere(placed, asked), filters, view=view)

        ask(invocation, work)
        return 0

    return Command(name="list", help=f"List {plural(kind_module)}", arguments=arguments, run=run)


def show_command(
    kind_module: str, *, parent: Field | None = None, within: Sequence[Field] = ()
) -> Command:
    """Return ``show``.

    Args:
        within: options that narrow the search by name, such as ``--domain``.
    """

    def arguments(parser: ArgumentParser) -> None:
        add_fields(parser, _and_parent(parent, within))
        parser.add_argument("name", help="name or id")
        add_output_options(parser, SHOW_FORMATS)

    def run(invocation: Invocation) -> int:
        kind = load_kind(kind_module)

        async def work(cloud: Cloud) -> State:
            placed = await _placed(cloud, kind, invocation, parent)
            meant: State = await _meant(cloud, placed, invocation, invocation.options.name, within)
            return meant

        write_one(invocation, plain(ask(invocation, work)))
        return 0

    return Command(name="show", help=f"Show one {words(kind_module)}", arguments=arguments, run=run)


def create_command(
    kind_module: str,
    fields: Sequence[Field],
    *,
    name: str = "name",
    waits: bool = False,
    complete: Complete = _is_complete,
    parent: Field | None = None,
    or_show: bool = False,
    more: Arguments = lambda _parser: None,
    then: Then | None = None,
) -> Command:
    """Return ``create NAME`` with *fields*.

    Args:
        name: the field that the positional argument sets; empty where there is none.
        waits: it takes ``--wait``, until what was made is usable.
        more: declares options that are no fields; *then* does to what was made what they ask for,
            and tells whether there was anything.
        or_show: it takes ``--or-show``: one that is there already is shown instead.
    """

    def arguments(parser: ArgumentParser) -> None:
        add_fields(parser, _and_parent(parent))
        if name:
            parser.add_argument("name", metavar=name)
        add_fields(parser, fields)
        more(parser)
        if or_show:
            parser.add_argument("--or-show", action="store_true", help="show it if it is there")
        if waits:
            parser.add_argument("--wait", action="store_true", help="until it is usable")
        add_output_options(parser, SHOW_FORMATS)

    def run(invocation: Invocation) -> int:
        kind = load_kind(kind_module)
        given = given_fields(invocation.options, fields)
        wait = waits and invocation.options.wait

        async def work(cloud: Cloud) -> State:
            from stackloom.cloud.verbs import create, get

            placed = await _placed(cloud, kind, invocation, parent)
            parts = _by_destination(await resolved(cloud, given))
            body = body_of(parts.pop("", ()))
            if name:
                body[name] = invocation.options.name
            complete(body, {})
            try:
                made = await create(cloud, placed, checked(kind.new, body))
            except Conflict:
                if not (or_show and invocation.options.or_show):
                    raise
                return await _as_it_is(cloud, placed, invocation.options.name, body)
            sent = await _send_to_new(cloud, placed, made, parts)
            if then:
                from stackloom.cli.actions import Acting

                acting = Acting(invocation=invocation, cloud=cloud, kind=placed, state=made)
                sent = await _done_to_new(acting, then) or sent
            if wait:
                invocation.talk(f"waiting for {words(kind_module)} {made.name or made.id}")
                made = await watch(cloud, kind).until_ready(made.id, within_seconds=WAIT_SECONDS)
            return await get(cloud, placed, made.id) if wait or sent else made

        write_one(invocation, plain(ask(invocation, work)))
        return 0

    return Command(
        name="create", help=f"Create {with_article(kind_module)}", arguments=arguments, run=run
    )


def set_command(
    kind_module: str,
    fields: Sequence[Field],
    *,
    complete: Complete = _is_complete,
    parent: Field | None = None,
    within: Sequence[Field] = (),
) -> Command:
    """Return ``set``: change what is given, leave the rest.

    Args:
        within: options that narrow the search by name, such as ``--domain``.
    """
    help = f"Change {with_article(kind_module)}"
    return _change_command(
        "set", help, kind_module, fields, complete=complete, parent=parent, within=within
    )


def unset_command(
    kind_module: str, fields: Sequence[Field], *, complete: Complete = _is_complete
) -> Command:
    """Return ``unset``: take away what is given; *fields* say what is left."""
    help = f"Take away what {with_article(kind_module)} has"
    return _change_command("unset", help, kind_module, fields, complete=complete)


def _change_command(
    verb: str,
    help: str,
    kind_module: str,
    fields: Sequence[Field],
    *,
    complete: Complete,
    parent: Field | None = None,
    within: Sequence[Field] = (),
) -> Command:
    def arguments(parser: ArgumentParser) -> None:
        add_fields(parser, _and_parent(parent, within))
        parser.add_argument("name", help="name or id")
        add_fields(parser, fields)

    def run(invocation: Invocation) -> int:
        kind = load_kind(kind_module)
        given = given_fields(invocation.options, fields)
        if not given:
            flags = ", ".join(each.flag for each in fields)
            raise UsageError(f"nothing to {verb} was given", hint=f"there are: {flags}")

        async def work(cloud: Cloud) -> None:
            from stackloom.cloud.verbs import update

            placed = await _placed(cloud, kind, invocation, parent)
            state = await _meant(cloud, placed, invocation, invocation.options.name, within)
            have = plain(state)
            parts = _by_destination(await resolved(cloud, given))
            if own := parts.pop("", None):
                body = body_of(own, have)
                complete(body, have)
                # What is joined with what was there must not undo a change made meanwhile.
                is_joined = any(each.join for each, _ in own)
                revision = getattr(state, "revision_number", None) if is_joined else None
                change = checked(kind.change, body)
                await update(cloud, placed, state.id, change, if_revision=revision)
            await _send_parts(cloud, placed, state.id, parts, have)

        ask(invocation, work)
        return 0

    return Command(name=verb, help=help, arguments=arguments, run=run)


def put_command(
    verb: str,
    help: str,
    kind_module: str,
    path: str,
    fields: Sequence[Field],
    *,
    shows: bool = False,
    shape: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    extension: str = "",
) -> Command:
    """Return a command that PUTs *fields* to *path* below one object, as ``router add subnet``.

    Args:
        shows: the object is shown afterwards.
        shape: turns the fields into the body that the path takes.
        extension: what the network API has to have for it.
    """

    def arguments(parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar=words(kind_module), help="name or id")
        add_fields(parser, fields)
        if shows:
            add_output_options(parser, SHOW_FORMATS)

    def run(invocation: Invocation) -> int:
        kind = load_kind(kind_module)
        given = given_fields(invocation.options, fields)

        async def work(cloud: Cloud) -> State:
            from stackloom.cloud.kind import Call
            from stackloom.cloud.verbs import call, find, get

            if extension:
                await _demand_extension(cloud, extension)
            state: State = await find(cloud, kind, invocation.options.name)
            body = shape(body_of(await resolved(cloud, given)))
            whole = f"{kind.member_path(state.id)}/{path}"
            await call(cloud, kind, Call(method="PUT", path=whole, body=body))
            return await get(cloud, kind, state.id) if shows else state

        state = ask(invocation, work)
        if shows:
            write_one(invocation, plain(state))
        return 0

    return Command(name=verb, help=help, arguments=arguments, run=run)


def delete_command(
    kind_module: str, *, parent: Field | None = None, within: Sequence[Field] = ()
) -> Command:
    """Return ``delete`` of one or several: one that fails does not keep the others.

    Args:
        within: options that narrow the search by name, such as ``--domain``.
    """

    def arguments(parser: ArgumentParser) -> None:
        add_fields(parser, _and_parent(parent, within))
        parser.add_argument("name", nargs="+", help="name or id")
        parser.add_argument("--wait", action="store_true", help="until it is gone")

    def run(invocation: Invocation) -> int:
        kind = load_kind(kind_module)

        async def one(cloud: Cloud, name: str) -> None:
            from stackloom.cloud.verbs import delete

            placed = await _placed(cloud, kind, invocation, parent)
            state = await _meant(cloud, placed, invocation, name, within)
            await delete(cloud, placed, state.id)
            if invocation.options.wait and kind.leaves_late:
                await watch(cloud, kind).until_gone(state.id, within_seconds=WAIT_SECONDS)

        return each_of(invocation, kind_module, invocation.options.name, one)

    return Command(
        name="delete", help=f"Delete {plural(kind_module)}", arguments=arguments, run=run
    )


# --- parts ----------------------------------------------------------------------------------------


def _and_parent(parent: Field | None, fields: Sequence[Field] = ()) -> Sequence[Field]:
    return fields if parent is None else (parent, *fields)


async def _placed(
    cloud: Cloud, kind: Kind[Any], invocation: Invocation, parent: Field | None
) -> Kind[Any]:
    """Return the kind as it is below the parent that the command names."""
    if parent is None:
        return kind
    ((_, parent_id),) = await resolved(cloud, given_fields(invocation.options, [parent]))
    return kind.under(parent_id)


async def _meant(
    cloud: Cloud, kind: Kind[Any], invocation: Invocation, name: str, within: Sequence[Field]
) -> Any:
    """Return the one that has this name or id."""
    from stackloom.cloud.verbs import find

    narrow = body_of(await resolved(cloud, given_fields(invocation.options, within)))
    return await find(cloud, kind, name, narrow)


async def _as_it_is(cloud: Cloud, kind: Kind[Any], name: str, wanted: Mapping[str, Any]) -> State:
    """Return the one that was in the way of a new one."""
    from stackloom.cloud.verbs import find

    narrow = {"domain_id": wanted["domain_id"]} if wanted.get("domain_id") else {}
    state: State = await find(cloud, kind, name, narrow)
    return state


async def _demand_extension(cloud: Cloud, alias: str) -> None:
    """Say that a cloud lacks something before it fails in words of its own.

    Raises:
        UsageError: the network API does not have the extension.
    """
    from stackloom.cloud.verbs import get
    from stackloom.errors import NotFound

    try:
        await get(cloud, load_kind("network.extension"), alias)
    except NotFound as error:
        raise UsageError(
            f'the network API of this cloud has no extension "{alias}"',
            hint="stackloom extension list --network shows those it has",
        ) from error


def _by_destination(given: Sequence[tuple[Field, Any]]) -> dict[str, list[tuple[Field, Any]]]:
    """Sort by where it is sent: ``""`` is the object itself."""
    parts: dict[str, list[tuple[Field, Any]]] = {}
    for each, value in given:
        parts.setdefault(each.sent_to, []).append((each, value))
    return parts


async def _send_parts(
    cloud: Cloud,
    kind: Kind[Any],
    id: str,
    parts: Mapping[str, Sequence[tuple[Field, Any]]],
    have: Mapping[str, Any],
) -> bool:
    """PUT what has a path of its own below the object; return whether there was any."""
    from stackloom.cloud.kind import Call
    from stackloom.cloud.verbs import call

    for path, part in parts.items():
        whole = f"{kind.member_path(id)}/{path}"
        await call(cloud, kind, Call(method="PUT", path=whole, body=body_of(part, have)))
    return bool(parts)


async def _done_to_new(acting: Acting, then: Then) -> bool:
    """Do more to what has just been made; where that fails, say that it is there."""
    try:
        return await then(acting)
    except CloudError as error:
        made = acting.state.name or acting.state.id
        error.hint = (
            f"{acting.kind.words} {made} was made, without all that was asked for: "
            f"stackloom {acting.kind.words} set {acting.state.id} does the rest"
        )
        raise


async def _send_to_new(
    cloud: Cloud, kind: Kind[Any], made: State, parts: Mapping[str, Sequence[tuple[Field, Any]]]
) -> bool:
    """Do the same for what has just been made; where that fails, say that it is there."""
    try:
        return await _send_parts(cloud, kind, made.id, parts, {})
    except CloudError as error:
        error.hint = (
            f"{kind.words} {made.name or made.id} was made, without its {' and '.join(parts)}: "
            f"stackloom {kind.words} set {made.id} adds them"
        )
        raise


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError(word)
    return number
