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
        try:
            wait = self._pauses[delivery.tries - 1] if delivery.tries <= len(self._pauses) else None
            secret = self._secret(delivery)
            if delivery.url is None or secret is None or delivery.tries > len(self._pauses) + 1:
                await self._failed(delivery, None)
                return
            try:
                await self._hooks.send(
                    delivery.url,
                    delivery.body,
                    secret=secret,
                    delivery_id=str(delivery.id),
                    at=int(self._clock()),
                )
            except NotDelivered as error:
                # Without the address, which may have a secret in it.
                log.info("webhook_refused %s try %d: %s", delivery.id, delivery.tries, error)
                await self._failed(delivery, wait)
            else:
                await self._table.sent(delivery)
                METRICS.webhook_sent("delivered")
        except (DatabaseAway, BadConfig, BrokenSeal) as error:
            log.warning("webhook_stays_due %s: %s", delivery.id, error)

    async def _failed(self, delivery: WebhookDelivery, wait_seconds: float | None) -> None:
        await self._table.failed(delivery, wait_seconds)
        METRICS.webhook_sent("given_up" if wait_seconds is None else "again")

    def _secret(self, delivery: WebhookDelivery) -> bytes | None:
        if delivery.secret is None:
            return None
        return open_webhook_secret(
            self._seal,
            delivery.secret,
            project_id=delivery.project_id,
            scenario_name=delivery.scenario_name,
        )


def pauses(tries: int) -> tuple[float, ...]:
    """Return the seconds from each try to the next, one fewer than there are tries.

    Five tries: after 75, 225, 675 and 2,025 s.
    """
    shares = [_GROWTH**number for number in range(tries - 1)]
    return tuple(_TRYING_SECONDS * share / sum(shares) for share in shares)
