# SPDX-License-Identifier: Apache-2.0
"""A list of a kind, page after page: of 50,000 networks no more than one page is ever kept."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from stackloom.cli.command import Invocation
from stackloom.cli.fields import Field, body_of, given_fields
from stackloom.cli.kind_at_hand import resolved
from stackloom.cli.output import ListWriter
from stackloom.cloud.verbs import list_pages, page_size
from stackloom.errors import Forbidden

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Column, Kind, State

Values = Mapping[str, Callable[[Any], object]]
"""What columns show in place of their own values, by their titles."""


async def _as_they_are(_states: Sequence[Any]) -> Values:
    return {}


class View(msgspec.Struct, frozen=True, kw_only=True):
    """How one list is looked at.

    Attributes:
        query: parameters beside those of the filters.
        keep: tells which states are shown, for what no service filters by.
        dress: given a page of states, returns what columns show in place of ids.
    """

    query: Mapping[str, Any] = {}
    keep: Callable[[Any], bool] | None = None
    dress: Callable[[Sequence[Any]], Awaitable[Values]] = _as_they_are


async def list_kind(
    invocation: Invocation,
    cloud: Cloud,
    kind: Kind[Any],
    filters: Sequence[Field],
    *,
    view: View,
) -> None:
    """Write every page as it comes; the next is asked for when it is out."""
    options = invocation.options
    columns: list[Column[Any]] = [*kind.columns, *(kind.long_columns if options.long else ())]
    given = given_fields(options, filters)
    query = {**body_of(await resolved(cloud, given)), **view.query}
    most = options.limit or sys.maxsize
    # Where some are left out afterwards, more than those asked for have to come.
    wanted = most if view.keep is None else sys.maxsize
    at_a_time = min(wanted, page_size(kind) or wanted)
    if kind.has_pages and at_a_time < sys.maxsize:
        query["limit"] = at_a_time
    if options.marker:
        query["marker"] = options.marker
    writer = ListWriter(invocation, [column.title for column in columns])
    count = 0
    narrowed = given or view.query
    pages = (
        list_pages(cloud, kind, query) if narrowed else _all_or_own(invocation, cloud, kind, query)
    )
    async for states in pages:
        shown = states if view.keep is None else [*filter(view.keep, states)]
        shown = shown[: most - count]
        instead = await view.dress(shown)
        values = [instead.get(column.title, column.value) for column in columns]
        writer.add([value(state) for value in values] for state in shown)
        count += len(shown)
        if count >= most:
            break
    writer.finish()
    token = await cloud.token()
    if not count and not token.project_id and kind.service != "identity":
        # Neutron filters by the token's project and answers an empty list where there is none.
        invocation.talk(
            f"note: this token is for {token.scope} and owns no project, so the empty list "
            "says nothing; name a project: --os-project-name"
        )


async def _all_or_own(
    invocation: Invocation, cloud: Cloud, kind: Kind[Any], query: Mapping[str, Any]
) -> AsyncIterator[list[State]]:
    """List all, or those that belong to the token's user where more is not allowed."""
    try:
        async for states in list_pages(cloud, kind, query):
            yield states
    except Forbidden:
        if not kind.own_list:
            raise
        invocation.talk(f"note: you may not list all {kind.plural}; these are your own")
        own = msgspec.structs.replace(kind, list_path=kind.own_list)
        async for states in list_pages(cloud, own, query):
            yield states
