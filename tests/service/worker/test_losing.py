# SPDX-License-Identifier: Apache-2.0
"""A worker that may have lost its job tells of no failure: whoever takes over goes on."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.fakes.fake_cloud import FakeCloud
from tests.service.database.filled import lease_over
from tests.service.worker.bench import Shop, in_shop

from stackloom.errors import LostLease
from stackloom.service.jobs.lease import Lease
from stackloom.wire.event import StepEnded
from stackloom.wire.run import Progress


def test_what_was_not_sent_for_want_of_a_lease_has_not_failed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its events can still be written, as nobody has taken over yet; then another does it all."""
    cloud = FakeCloud()

    def lost_once_there_is_a_network(lease: Lease) -> None:
        if cloud.tables["network"] and lease.job.attempt == 1:
            raise LostLease("not renewed in time")

    async def work(shop: Shop) -> None:
        monkeypatch.setattr(Lease, "check", lost_once_there_is_a_network)
        asked = await shop.ask(await shop.scenario())
        await shop.crew.carry(asked.id)
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.attempt) == ("applying", 1)
        assert run.progress.failed == run.progress.skipped == 0
        await lease_over(shop.bench.pool, run.id)
        await shop.crew.carry(asked.id)
        run = await shop.store.runs.get(asked.id)
        assert (run.state, run.attempt) == ("succeeded", 2)
        assert run.progress == Progress(done=9, total=9)
        ends = [each for each in await shop.events(run.id) if isinstance(each, StepEnded)]
        assert {each.result for each in ends} == {"done"}
        assert max(Counter(each.address for each in ends).values()) == 1

    in_shop(database_url, work, cloud)
