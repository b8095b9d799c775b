# SPDX-License-Identifier: Apache-2.0
"""What is sealed opens in the place that it was made for, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from stackloom.service.grant.seal import KEY_BYTES, BrokenSeal, Seal, SealKey
from stackloom.service.sealed import (
    open_secrets,
    open_webhook_secret,
    seal_secrets,
    seal_webhook_secret,
)

SEAL = Seal([SealKey(id="test", secret=bytes(KEY_BYTES))])
ONE, TWO = UUID(int=1), UUID(int=2)


def test_secrets_of_a_job_open_for_that_job() -> None:
    """By name."""
    sealed = seal_secrets(SEAL, {"word": "sesame"}, project_id="blue", job_id=ONE)
    assert sealed is not None
    assert b"sesame" not in sealed
    assert open_secrets(SEAL, sealed, project_id="blue", job_id=ONE) == {"word": "sesame"}


def test_a_job_without_secrets_keeps_none() -> None:
    """Not even a seal."""
    assert seal_secrets(SEAL, {}, project_id="blue", job_id=ONE) is None
    assert open_secrets(SEAL, None, project_id="blue", job_id=ONE) == {}


def test_what_signs_webhooks_opens_for_its_scenario() -> None:
    """An empty one is none."""
    sealed = seal_webhook_secret(SEAL, "s3cret", project_id="blue", scenario_name="lab")
    assert sealed is not None
    opened = open_webhook_secret(SEAL, sealed, project_id="blue", scenario_name="lab")
    assert opened == b"s3cret"
    assert seal_webhook_secret(SEAL, "", project_id="blue", scenario_name="lab") is None
    assert seal_webhook_secret(SEAL, None, project_id="blue", scenario_name="lab") is None


@pytest.mark.parametrize(
    "open_elsewhere",
    [
        lambda sealed: open_secrets(SEAL, sealed, project_id="blue", job_id=TWO),
        lambda sealed: open_secrets(SEAL, sealed, project_id="red", job_id=ONE),
        lambda sealed: open_webhook_secret(SEAL, sealed, project_id="blue", scenario_name="lab"),
    ],
    ids=["job", "project", "table"],
)
def test_what_was_moved_does_not_open(open_elsewhere: Callable[[bytes], object]) -> None:
    """Whoever can write rows cannot have one project's secret used by another."""
    sealed = seal_secrets(SEAL, {"word": "sesame"}, project_id="blue", job_id=ONE)
    assert sealed is not None
    with pytest.raises(BrokenSeal):
        open_elsewhere(sealed)
