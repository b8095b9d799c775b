# SPDX-License-Identifier: Apache-2.0
"""Rights are there before the job that needs them, and are not left behind by one that is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.service.desks import MEMBER, at_desk, grants_at

from stackloom.service.database.pool import DatabaseAway
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.rights import job_rights, rights_for
from stackloom.service.refusal import Refused


def test_a_job_gets_all_the_callers_rights(database_url: str) -> None:
    """For as long as a run may last; they are kept before they are used."""

    async def work(desk: Desk) -> tuple[Sequence[str], timedelta]:
        async with job_rights(MEMBER, desk, None) as grant:
            assert await desk.store(MEMBER).grants.get(grant.id) == grant
        assert grants_at(desk).ended == []
        return grant.roles, grant.expires_at - datetime.now(UTC)

    roles, left = at_desk(database_url, work)
    assert roles == ("member", "reader")
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


@pytest.mark.parametrize(
    ("error", "is_taken_back"),
    [
        (Refused("plan.used", "no"), True),
        (ValueError("no"), True),
        # Whether the job was kept is not known.
        (DatabaseAway("broken off"), False),
    ],
    ids=["refused", "failed", "in doubt"],
)
def test_a_job_that_is_not_kept_leaves_no_rights(
    error: Exception, is_taken_back: bool, database_url: str
) -> None:
    """Unless it may be kept all the same: then workers find out."""

    async def work(desk: Desk) -> bool:
        with pytest.raises(type(error)):
            async with rights_for(MEMBER, desk, roles=("reader",), seconds=60) as grant:
                raise error
        return grants_at(desk).ended == [grant.id]

    assert at_desk(database_url, work) is is_taken_back
