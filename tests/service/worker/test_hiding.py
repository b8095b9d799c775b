# SPDX-License-Identifier: Apache-2.0
"""What a cloud says back may hold what it was asked with, and that may be a secret."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import msgspec
from tests.fakes.fake_cloud import FakeCloud
from tests.service.worker.bench import Shop, in_shop

from stackloom.transport.client import Answer, Request

TEXT = """\
scenario: one
variables: {word: {secret: true}}
servers: {alice: {image: '${var.word}', flavor: m1.tiny}}
"""


class _Quoting(FakeCloud):
    """A cloud that refuses to look for images, and says for which."""

    async def send(self, request: Request) -> Answer:
        """Handle a request, those with a refusal."""
        url = urlsplit(request.url)
        if url.path.endswith("/images"):
            body = msgspec.json.encode({"message": f"no filter: {unquote(url.query)}"})
            return Answer(status=400, headers={"content-type": "application/json"}, body=body)
        return await super().send(request)


def test_why_a_job_failed_is_told_without_secrets(database_url: str) -> None:
    """Neither a plan nor a run shows what it could not even be planned with."""

    async def work(shop: Shop) -> None:
        scenario = await shop.scenario(TEXT)
        plan = await shop.plan(scenario, word="hunter2")
        run = await shop.run(scenario, word="hunter2")
        for job in (plan, run):
            assert job.state == "failed"
            assert job.error is not None
            assert job.error.code == "stackloom.engine.bad-request"
            assert "no filter: " in job.error.detail
            assert "hunter2" not in str(job.error)
            assert "hunter2" not in str(await shop.events(job.id))

    in_shop(database_url, work, _Quoting())
