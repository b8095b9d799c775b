# SPDX-License-Identifier: Apache-2.0
"""Send what is due to webhooks, and again to those that did not take it, for an hour."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from stackloom.errors import BadConfig
from stackloom.log import Log
from stackloom.service.database.pool import DatabaseAway, Pool
from stackloom.service.database.webhooks import WebhookDelivery, WebhookTable
from stackloom.service.grant.seal import BrokenSeal
from stackloom.service.hooks import Hooks, NotDelivered
from stackloom.service.metrics import METRICS
from stackloom.service.sealed import Sealing, open_webhook_secret
from stackloom.service.settings import WebhooksSettings

log = Log(__name__)

_AT_ONCE = 8
# From the first try to the last; each pause is three times the one before.
_TRYING_SECONDS = 3_000.0
_GROWTH = 3


class HookDeliveries:
    """Delivers for all projects; any number of workers may do so at the same time.

    Args:
        hooks: what sends.
        seal: opens what signs.
        clock: seconds since 1970, UTC.
    """

    def __init__(
        self,
        pool: Pool,
        seal: Sealing,
        settings: WebhooksSettings,
        *,
        hooks: Hooks | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table = WebhookTable(pool)
        self._seal = seal
        self._pauses = pauses(settings.tries)
        self._hooks = hooks or Hooks(
            settings.allowed_hosts, timeout_seconds=settings.timeout_seconds
        )
        self._clock = clock

    async def deliver_all_due(self) -> None:
        """Deliver whatever is due.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        while await self.deliver_due():
            pass

    async def deliver_due(self) -> int:
        """Deliver some of what is due, and return how many that were.

        Raises:
            DatabaseAway: the database cannot be reached.
        """
        taken = await self._table.take(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for delivery in taken:
                group.create_task(self._deliver(delivery))
        return len(taken)

    async def _deliver(self, delivery: WebhookDelivery) -> None:
        """Try one, and note what became of it; another worker gets it where that cannot be noted.

        A try counts before it is made: one that kills its worker has been made all the same.
        """
        tries = delivery.tries
        wait = self._pauses[tries - 1] if tries <= len(self._pauses) else None
        try:
            if delivery.url is None or delivery.secret is None:
                wait = None  # the scenario no longer wants it
                raise NotDelivered("the scenario has no webhook any more")
            await self._send(delivery, delivery.url, delivery.secret)
            await self._table.sent(delivery)
            METRICS.webhook_sent("delivered")
        except (NotDelivered, BadConfig, BrokenSeal) as error:
            # Without the address, which may have a secret in it.
            log.info("webhook_refused %s try %d: %s", delivery.id, tries, error)
            await self._failed(delivery, wait)
        except DatabaseAway as error:
            log.warning("webhook_not_noted %s: %s", delivery.id, error)

    async def _send(self, delivery: WebhookDelivery, url: str, sealed_secret: bytes) -> None:
        secret = open_webhook_secret(
            self._seal,
            sealed_secret,
            project_id=delivery.project_id,
            scenario_name=delivery.scenario_name,
        )
        await self._hooks.send(
            url,
            delivery.body,
            secret=secret,
            delivery_id=str(delivery.id),
            at=int(self._clock()),
        )

    async def _failed(self, delivery: WebhookDelivery, wait_seconds: float | None) -> None:
        try:
            await self._table.failed(delivery, wait_seconds)
        except DatabaseAway as error:
            log.warning("webhook_not_noted %s: %s", delivery.id, error)
            return
        METRICS.webhook_sent("given_up" if wait_seconds is None else "again")


def pauses(tries: int) -> tuple[float, ...]:
    """Return the seconds from each try to the next, one fewer than there are tries.

    Five tries: after 75, 225, 675 and 2,025 s.
    """
    shares = [_GROWTH**number for number in range(tries - 1)]
    return tuple(_TRYING_SECONDS * share / sum(shares) for share in shares)
