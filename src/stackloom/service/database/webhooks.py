# SPDX-License-Identifier: Apache-2.0
"""What is to be sent to webhooks, of all projects: rows, so that a killed worker sends again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from stackloom.service.database.pool import Pool, connected, rows

# A try counts before it is made: one that kills its worker has been made all the same.
_CLAIM = """
    update stackloom.webhook_deliveries as delivery
    set tries = delivery.tries + 1,
        next_try_at = clock_timestamp()
            + make_interval(secs => (%(pauses)s::float8[])[delivery.tries + 1])
    from stackloom.scenarios as scenario
    where scenario.id = delivery.scenario_id and scenario.project_id = delivery.project_id
        and delivery.id in (
            select id from stackloom.webhook_deliveries
            where state = 'waiting' and next_try_at <= clock_timestamp()
                and tries < cardinality(%(pauses)s::float8[])
            order by next_try_at limit %(limit)s for update skip locked)
    returning delivery.id, delivery.project_id, scenario.name as scenario_name, delivery.body,
        delivery.tries, scenario.webhook_url as url, scenario.webhook_secret as sealed_secret"""
_GIVE_UP = """
    update stackloom.webhook_deliveries set state = 'given_up'
    where state = 'waiting' and next_try_at <= clock_timestamp() and tries >= %(tries)s
    returning id"""
_END = """
    update stackloom.webhook_deliveries set state = %(state)s
    where project_id = %(project)s and id = %(id)s and tries = %(tries)s
    returning id"""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One that is due.

    Attributes:
        tries: this one included.
        url: where the scenario wants it by now; None where it no longer does.
    """

    id: UUID
    project_id: str
    scenario_name: str
    body: bytes
    tries: int
    url: str | None
    sealed_secret: bytes | None


class WebhookTable:
    """Deliveries of all projects."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, *, pauses: Sequence[float], limit: int) -> tuple[Delivery, ...]:
        """Return what is due, each to one caller only, and put its next try off.

        Args:
            pauses: seconds from each try to the next; as many as there are tries.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        async with connected(self._pool) as connection:
            found = await rows(connection, _CLAIM, {"pauses": list(pauses), "limit": limit})
        return msgspec.convert(found, tuple[Delivery, ...])

    async def give_up(self, *, tries: int) -> int:
        """Give up what nobody took at its last try, and return how many those are.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        async with connected(self._pool) as connection:
            return len(await rows(connection, _GIVE_UP, {"tries": tries}))

    async def end(self, delivery: Delivery, state: Literal["sent", "given_up"]) -> None:
        """Say what became of it, unless it has been tried again meanwhile.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        values = {
            "state": state,
            "project": delivery.project_id,
            "id": delivery.id,
            "tries": delivery.tries,
        }
        async with connected(self._pool) as connection:
            await rows(connection, _END, values)
