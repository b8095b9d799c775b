# SPDX-License-Identifier: Apache-2.0
"""All of one kind in one cloud: what a program holds in its hand, with and without an event loop.

``SyncCollection`` runs the coroutines of ``Collection`` to their end; there is no second core. What
the verbs send is said by ``verbs.py``, what a kind is by its file.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Body, Kind, State
from stackloom.cloud.wait import Watch
from stackloom.errors import UsageError
from stackloom.transport.blocking import run_alone

StateT = TypeVar("StateT", bound=State)
NewT = TypeVar("NewT", bound=Body)
ChangeT = TypeVar("ChangeT", bound=Body)
Filter = str | int | bool | Sequence[str]

WAIT_SECONDS = 600.0


class Collection(Generic[StateT, NewT, ChangeT]):
    """All of one kind in one cloud."""

    def __init__(self, cloud: Cloud, kind: Kind[StateT]) -> None:
        self._cloud = cloud
        self.kind = kind

    def under(self, parent_id: str) -> Collection[StateT, NewT, ChangeT]:
        """Return those below one other object: ``cloud.port_forwardings.under(floating_ip.id)``.

        Raises:
            UsageError: this kind is not below another one.
        """
        if not self.kind.parent:
            raise UsageError(f"{self.kind.plural.replace('_', ' ')} are not below other objects")
        return Collection(self._cloud, self.kind.under(parent_id))

    def list(self, **filters: Filter) -> AsyncIterator[StateT]:
        """List them, page after page as the loop gets there; filters are sent to the service.

        A filter has the name of a field of the state, or any that the service knows; ``limit`` is
        how many a page has.
        """
        query = self._query(filters)
        if size := verbs.page_size(self.kind):
            query.setdefault("limit", size)
        return verbs.list_states(self._cloud, self._placed, query)

    async def get(self, id: str) -> StateT:
        """Return one by its id.

        Raises:
            NotFound: it is not there, or not visible.
        """
        return await verbs.get(self._cloud, self._placed, id)

    async def find(self, name_or_id: str, **within: Filter) -> StateT:
        """Return the one that has this name or id.

        Args:
            within: filters that narrow the search by name: ``domain_id="…"``.

        Raises:
            UnknownName: there is none, or several have the name; then it lists them.
        """
        return await verbs.find(self._cloud, self._placed, name_or_id, self._query(within))

    async def create(self, new: NewT) -> StateT:
        """Make one, and return it as the cloud first tells it; see ``wait`` for what takes a while.

        Raises:
            InDoubt: it may have been made; look before asking again.
        """
        self._may(self.kind.new, "made")
        return await verbs.create(self._cloud, self._placed, new)

    async def create_many(self, many: Iterable[NewT]) -> Sequence[StateT]:
        """Make several: in one request where the API has it, otherwise one after the other.

        Raises:
            InDoubt: some may have been made; look before asking again.
        """
        self._may(self.kind.new, "made")
        return await verbs.create_many(self._cloud, self._placed, [*many])

    async def update(self, id: str, change: ChangeT) -> StateT:
        """Change fields of one, and return it as it is then.

        Raises:
            NotFound: it is not there, or not visible.
        """
        self._may(self.kind.change, "changed")
        return await verbs.update(self._cloud, self._placed, id, change)

    async def delete(
        self, id: str, *, wait: bool = False, within_seconds: float = WAIT_SECONDS
    ) -> None:
        """Delete one.

        Args:
            wait: until it is gone, where that comes after the answer.

        Raises:
            NotFound: it is not there, or not visible.
            TimedOut: still there after *within_seconds*.
        """
        await verbs.delete(self._cloud, self._placed, id)
        if wait and self.kind.leaves_late:
            await self._watch().until_gone(id, within_seconds=within_seconds)

    async def wait(self, id: str, *, within_seconds: float = WAIT_SECONDS) -> StateT:
        """Wait until one is usable, and return it as it is then.

        Raises:
            WentToError: the cloud gave up on it; the message has the cloud's reason.
            TimedOut: the time was up; carries the last state seen.
        """
        return await self._watch().until_ready(id, within_seconds=within_seconds)

    @property
    def _placed(self) -> Kind[StateT]:
        """The kind, once it is known where it is.

        Raises:
            UsageError: it is below another one, and nobody said which.
        """
        if self.kind.parent and "{parent}" in self.kind.path:
            above = self.kind.parent.rpartition(".")[2].replace("_", " ")
            raise UsageError(
                f"{self.kind.plural.replace('_', ' ')} are below a {above}",
                hint="say which: under(id)",
            )
        return self.kind

    def _watch(self) -> Watch[StateT]:
        return Watch(self._cloud, self._placed, sleep=self._cloud.sleep, turns=self._cloud.turns)

    def _query(self, filters: dict[str, Filter]) -> dict[str, Filter]:
        """Return *filters* by the names that the API has for the fields."""
        wire_names = {
            each.name: each.encode_name for each in msgspec.structs.fields(self.kind.state)
        }
        return {wire_names.get(name, name): value for name, value in filters.items()}

    def _may(self, body: type[Body] | None, what: str) -> None:
        if body is None:
            words = self.kind.plural.replace("_", " ")
            raise UsageError(f"{words} cannot be {what} through this API")


class SyncCollection(Generic[StateT, NewT, ChangeT]):
    """The same for plain scripts: each call returns when it is done. Not for several threads."""

    def __init__(self, cloud: Cloud, kind: Kind[StateT]) -> None:
        self._cloud = cloud
        self._inner: Collection[StateT, NewT, ChangeT] = Collection(cloud, kind)
        self.kind = kind

    def under(self, parent_id: str) -> SyncCollection[StateT, NewT, ChangeT]:
        """Return those below one other object; see ``Collection.under``."""
        return SyncCollection(self._cloud, self._inner.under(parent_id).kind)

    def list(self, **filters: Filter) -> Iterator[StateT]:
        """List them; the next page is asked for when the loop gets there."""
        states = self._inner.list(**filters)
        while (state := run_alone(_next(states))) is not None:
            yield state

    def get(self, id: str) -> StateT:
        """Return one by its id; see ``Collection.get``."""
        return run_alone(self._inner.get(id))

    def find(self, name_or_id: str, **within: Filter) -> StateT:
        """Return the one that has this name or id; see ``Collection.find``."""
        return run_alone(self._inner.find(name_or_id, **within))

    def create(self, new: NewT) -> StateT:
        """Make one; see ``Collection.create``."""
        return run_alone(self._inner.create(new))

    def create_many(self, many: Iterable[NewT]) -> Sequence[StateT]:
        """Make several; see ``Collection.create_many``."""
        return run_alone(self._inner.create_many(many))

    def update(self, id: str, change: ChangeT) -> StateT:
        """Change fields of one; see ``Collection.update``."""
        return run_alone(self._inner.update(id, change))

    def delete(self, id: str, *, wait: bool = False, within_seconds: float = WAIT_SECONDS) -> None:
        """Delete one; see ``Collection.delete``."""
        run_alone(self._inner.delete(id, wait=wait, within_seconds=within_seconds))

    def wait(self, id: str, *, within_seconds: float = WAIT_SECONDS) -> StateT:
        """Wait until one is usable; see ``Collection.wait``."""
        return run_alone(self._inner.wait(id, within_seconds=within_seconds))


async def _next(states: AsyncIterator[StateT]) -> StateT | None:
    # A state is never None, so None is the end; StopAsyncIteration cannot leave a coroutine.
    return await anext(states, None)


AnyCollection = Collection[Any, Any, Any]
AnySyncCollection = SyncCollection[Any, Any, Any]
