# SPDX-License-Identifier: Apache-2.0
"""What can be done with any kind: list, find, get, create, change, delete.

Every verb is one request, a list one a page. Scenarios and commands are built from these; what a
kind's paths and bodies are, the kind says.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from stackloom.cloud.cloud import Cloud, Query
from stackloom.cloud.kind import Body, Call, Kind, State
from stackloom.errors import BadAnswer, Forbidden, NotFound, UnknownName
from stackloom.transport.client import Answer
from stackloom.transport.paging import next_query
from stackloom.transport.stream import Upload, file_upload

StateT = TypeVar("StateT", bound=State)

# What a service has told of is looked for so long where it then answers 404 about it: behind
# several copies of a database, or API servers with caches, what was made shows a little later.
_LAG_PAUSES_SECONDS = (0.25, 0.5, 1.0, 1.5)
_TOLD_FOR_SECONDS = 60.0
_MOST_TOLD = 1000
# Below these a 404 is about the object itself; elsewhere it may be about something that was named.
_OF_ITSELF = ("tags", "metadata")


# Of services that do not page by themselves as Nova does: Neutron answers all at once
# (neutron/conf/common.py, pagination_max_limit, 29.0.0), Glance 25 at a time and 1,000 at most
# (glance/common/config.py, limit_param_default and api_limit_max, 33.0.0).
_PAGE_SIZES = {"network": 1000, "image": 1000}


def page_size(kind: Kind[Any]) -> int:
    """Return how many of a long list to ask for at a time, 0 where the service knows best."""
    return _PAGE_SIZES.get(kind.service, 0) if kind.has_pages else 0


async def list_states(
    cloud: Cloud, kind: Kind[StateT], query: Query | None = None
) -> AsyncIterator[StateT]:
    """List all of a kind as the cloud answers; see ``list_pages``."""
    async for states in list_pages(cloud, kind, query):
        for state in states:
            yield state


async def list_pages(
    cloud: Cloud, kind: Kind[StateT], query: Query | None = None
) -> AsyncIterator[list[StateT]]:
    """List all of a kind, a page at a time; the next is asked for when it is wanted.

    Raises:
        BadAnswer: a page that is not what the API promises, or pages that go round in a circle.
    """
    page: dict[str, str | int | bool | Sequence[str]] | None = dict(query or {})
    # The link to the next page tells only one of several values: they stay as they are.
    several = {name: value for name, value in (query or {}).items() if isinstance(value, list)}
    seen: set[str] = set()
    while page is not None:
        answer = await _send(cloud, kind, "GET", kind.listed_at, None, query=page)
        yield decode_many(kind, answer)
        following = _next_page(kind, answer)
        if following is not None:
            mark = repr(sorted(following.items()))
            if mark in seen:
                raise BadAnswer(
                    f"the list of {kind.plural} repeats a page: {kind.listed_at}",
                    method="GET",
                    hint="the service, or a proxy before it, pages wrongly",
                )
            seen.add(mark)
        page = {**page, **following, **several} if following else None


def _next_page(kind: Kind[Any], answer: Answer) -> dict[str, str] | None:
    try:
        return next_query(decode_document(answer), kind.plural)
    except msgspec.DecodeError as error:
        raise BadAnswer(f"the link to more {kind.plural} cannot be read: {error}") from error


async def find(
    cloud: Cloud, kind: Kind[StateT], name_or_id: str, within: Query | None = None
) -> StateT:
    """Return the one that has this id or this name.

    Looks by name first where the service filters names exactly: one request in the usual case.

    Args:
        within: looks for the name only among these, such as ``{"domain_id": "default"}``.

    Raises:
        UnknownName: there is none, or several have the name; then it lists them.
    """
    if not kind.has_name:
        found = await _by_id(cloud, kind, name_or_id)
        return the_one(kind, name_or_id, [found] if found else [])
    query = {kind.name_query: kind.name_pattern(name_or_id)} if kind.name_query else {}
    try:
        named = [
            state
            async for state in list_states(cloud, kind, {**query, **(within or {})})
            if name_or_id in {state.name, state.id}
        ]
    except Forbidden:
        return await _own(cloud, kind, name_or_id)
    if not named and kind.name_query and (found := await _by_id(cloud, kind, name_or_id)):
        return found
    if not named and kind.also_by:
        query = {kind.also_by: name_or_id}
        named = [state async for state in list_states(cloud, kind, query)]
    return _told(cloud, the_one(kind, name_or_id, named))


async def _by_id(cloud: Cloud, kind: Kind[StateT], id: str) -> StateT | None:
    try:
        return await get(cloud, kind, id)
    except NotFound:
        return None


async def _own(cloud: Cloud, kind: Kind[StateT], name_or_id: str) -> StateT:
    """Return the one that the token is about, if it is meant; inside an ``except``."""
    id, name = kind.in_token(await cloud.token()) if kind.in_token else ("", "")
    if name_or_id not in {id, name}:
        raise  # noqa: PLE0704 - what the service said is what the person should read
    return await get(cloud, kind, id)


def the_one(kind: Kind[StateT], name: str, found: list[StateT]) -> StateT:
    """Return the only state in *found*, or say why there is not exactly one."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnknownName(
            f'{kind.words} "{name}" is not there, or not visible to this project',
            hint=f"stackloom {kind.words} list shows what is",
        )
    ids = ", ".join(state.id for state in found)
    raise UnknownName(f'{len(found)} {kind.plural} are called "{name}": {ids}', hint="give the id")


async def call(
    cloud: Cloud, kind: Kind[Any], request: Call, *, if_revision: int | None = None
) -> Answer:
    """Send one call that a kind has described.

    Args:
        if_revision: only if the object still has this ``revision_number``; see ``update``.

    Raises:
        UsageError: the file that it sends cannot be read.
    """
    headers = {"Content-Type": request.media_type} if request.media_type else {}
    if if_revision is not None:
        headers["If-Match"] = f"revision_number={if_revision}"
    upload = file_upload(request.file) if request.file else None
    if request.service:
        kind = msgspec.structs.replace(
            kind, service=request.service, microversion="", newest_microversion=""
        )
    return await _send(
        cloud, kind, request.method, request.path, request.body, headers=headers, upload=upload
    )


async def get(cloud: Cloud, kind: Kind[StateT], id: str) -> StateT:
    """Return one by its id.

    Raises:
        NotFound: it is not there, or not visible to this project.
    """
    return decode_one(kind, await call(cloud, kind, Call(method="GET", path=kind.member_path(id))))


async def create(cloud: Cloud, kind: Kind[StateT], new: Body | Mapping[str, Any]) -> StateT:
    """Make one; *new* holds the fields of the API.

    Raises:
        InDoubt: it may have been made; look before asking again.
    """
    return _told(
        cloud, decode_one(kind, await _send(cloud, kind, "POST", kind.path, kind.wrap(new)))
    )


async def create_many(
    cloud: Cloud, kind: Kind[StateT], many: Sequence[Body | Mapping[str, Any]]
) -> list[StateT]:
    """Make several: in one request where the API has it, otherwise one after the other.

    Raises:
        InDoubt: some may have been made; look before asking again.
    """
    if not kind.bulk:
        return [await create(cloud, kind, new) for new in many]
    answer = await _send(cloud, kind, "POST", kind.path, {kind.plural: list(many)})
    return [_told(cloud, state) for state in decode_many(kind, answer)]


async def update(
    cloud: Cloud,
    kind: Kind[StateT],
    id: str,
    change: Body | Mapping[str, Any],
    *,
    if_revision: int | None = None,
) -> StateT:
    """Change fields of one, and return it as it is then.

    Args:
        if_revision: only if it still has this ``revision_number``; for lists that Neutron takes
            whole, so that nobody else's change is lost.

    Raises:
        NotFound: it is not there, or not visible to this project.
        Conflict: it has been changed since that revision.

    Source: neutron/services/revisions/revision_plugin.py, 29.0.0: ``If-Match``.
    """
    path = kind.member_path(id)
    headers = {"Content-Type": kind.json_patch} if kind.json_patch else {}
    if if_revision is not None:
        headers["If-Match"] = f"revision_number={if_revision}"
    answer = await _send(cloud, kind, kind.update_method, path, kind.patch(change), headers=headers)
    return decode_one(kind, answer)


async def delete(cloud: Cloud, kind: Kind[Any], id: str) -> None:
    """Delete one; see ``wait.Watch.until_gone`` for kinds that leave late.

    Raises:
        NotFound: it is not there, or not visible to this project.
    """
    await _send(cloud, kind, "DELETE", kind.member_path(id), None)
    cloud.told_at.pop(id, None)


async def _send(
    cloud: Cloud,
    kind: Kind[Any],
    method: str,
    path: str,
    body: object,
    *,
    query: Query | None = None,
    headers: Mapping[str, str] | None = None,
    upload: Upload | None = None,
) -> Answer:
    """Send a request; a 404 about what the service has told of a moment ago is not believed yet."""
    pauses = iter(_LAG_PAUSES_SECONDS)
    while True:
        try:
            return await cloud.request(
                kind.service,
                method,
                path,
                query=query,
                body=body,
                microversion=kind.microversion,
                newest_microversion=kind.newest_microversion,
                headers=headers,
                upload=upload,
            )
        except NotFound as error:
            id = _told_lately(cloud, path)
            if not id:
                raise
            pause = next(pauses, None)
            if pause is None:
                cloud.told_at.pop(id)
                error.hint = (
                    "a moment ago it was there: somebody may have deleted it, or the service lags "
                    "behind itself; run the command again"
                )
                raise
            await cloud.sleep(pause)


def _told(cloud: Cloud, state: StateT) -> StateT:
    """Note that the service has told of this one, and return it."""
    now = time.monotonic()
    if len(cloud.told_at) >= _MOST_TOLD:
        late = [id for id, told_at in cloud.told_at.items() if now - told_at >= _TOLD_FOR_SECONDS]
        for id in late or [*cloud.told_at]:
            del cloud.told_at[id]
    cloud.told_at[state.id] = now
    return state


def _told_lately(cloud: Cloud, path: str) -> str:
    """Return the id that a path ends with if the service has told of it, otherwise ""."""
    *_, above, last = path.split("/")
    id = above if last in _OF_ITSELF else last
    told_at = cloud.told_at.get(id)
    return id if told_at is not None and time.monotonic() - told_at < _TOLD_FOR_SECONDS else ""


def decode_one(kind: Kind[StateT], answer: Answer) -> StateT:
    """Read ``{"network": {...}}``, or the bare object that Glance sends."""
    document = decode_document(answer)
    try:
        raw = document.get(kind.wire_key) if kind.wrapped else None
        return _decoded(kind, answer.body if raw is None else raw)
    except msgspec.DecodeError as error:
        raise BadAnswer(f"the {kind.name} that came back cannot be read: {error}") from error


def _decoded(kind: Kind[StateT], raw: bytes | msgspec.Raw) -> StateT:
    if kind.reshape:
        return msgspec.convert(kind.reshape(msgspec.json.decode(raw)), kind.state)
    return msgspec.json.decode(raw, type=kind.state)


def decode_document(answer: Answer) -> dict[str, msgspec.Raw]:
    """Read an answer that should be a JSON object, its values still encoded."""
    try:
        return msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        start = answer.body[:60].decode("utf-8", "replace")
        raise BadAnswer(
            f"the answer is not JSON ({error}); it begins: {start!r}",
            status=answer.status,
            hint="something between here and the service answers in its place",
        ) from error


def decode_many(kind: Kind[StateT], answer: Answer) -> list[StateT]:
    """Read ``{"networks": [...]}``."""
    document = decode_document(answer)
    if kind.plural not in document:
        raise BadAnswer(f'the list of {kind.plural} has no "{kind.plural}"', status=answer.status)
    try:
        if kind.reshape:
            raw_states = msgspec.json.decode(document[kind.plural], type=list[msgspec.Raw])
            return [_decoded(kind, raw) for raw in raw_states]
        many: Any = list[kind.state]  # type: ignore[name-defined]  # a type made at run time
        states: list[StateT] = msgspec.json.decode(document[kind.plural], type=many)
    except msgspec.DecodeError as error:
        raise BadAnswer(f"the list of {kind.plural} cannot be read: {error}") from error
    return states
