# SPDX-License-Identifier: Apache-2.0
"""What is to be sent to webhooks: a row until it has arrived: a killed worker loses none."""

from __future__ import annotations

from uuid import UUID

import msgspec

from stackloom.service.database.pool import Pool, connected, rows
from stackloom.service.database.project import as_struct

# Whoever takes one has it for this long; after that it is another worker's, if it has not ended.
_TURN_SECONDS = 60

_TAKE = f"""
    with due as (
        select id from stackloom.webhook_deliveries
        where state = 'waiting' and next_try_at <= clock_timestamp()
        order by next_try_at limit %(limit)s for update skip locked)
    update stackloom.webhook_deliveries as base
    set tries = base.tries + 1,
        next_try_at = clock_timestamp() + interval '{_TURN_SECONDS} seconds'
    from due, stackloom.scenarios as scenario
    where base.id = due.id and scenario.project_id = base.project_id
      and scenario.id = base.scenario_id
    returning base.id, base.project_id, base.scenario_id, scenario.name as scenario_name,
              scenario.webhook_url as url, scenario.webhook_secret as secret, base.body,
              base.tries"""
_SENT = """
    update stackloom.webhook_deliveries set state = 'sent'
    where project_id = %(project)s and id = %(id)s"""
_FAILED = """
    update stackloom.webhook_deliveries
    set state = case when %(wait)s::float8 is null then 'given_up' else 'waiting' end,
        next_try_at = clock_timestamp() + make_interval(secs => coalesce(%(wait)s::float8, 0))
    where project_id = %(project)s and id = %(id)s"""


class WebhookDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """One body that has not arrived yet.

    Attributes:
        url: None where the scenario has no webhook any more.
        secret: what it is signed with, sealed.
        tries: this one included.
    """

    id: UUID
    project_id: str
    scenario_id: UUID
    scenario_name: str
    url: str | None
    secret: bytes | None
    body: bytes
    tries: int


class WebhookTable:
    """Deliveries of all projects."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(self, limit: int) -> list[WebhookDelivery]:
        """Take some that are due; nobody else gets them for a minute."""
        async with connected(self._pool) as connection:
            found = await rows(connection, _TAKE, {"limit": limit})
        return [as_struct(each, WebhookDelivery) for each in found]

    async def sent(self, delivery: WebhookDelivery) -> None:
        """Note that one has arrived."""
        await self._note(_SENT, delivery)

    async def failed(self, delivery: WebhookDelivery, wait_seconds: float | None) -> None:
        """Note that one has not arrived; None: it is not tried again."""
        await self._note(_FAILED, delivery, wait=wait_seconds)

    async def _note(self, sql: str, delivery: WebhookDelivery, **values: object) -> None:
        async with connected(self._pool) as connection:
            await connection.execute(
                sql.encode(), {**values, "project": delivery.project_id, "id": delivery.id}
            )
