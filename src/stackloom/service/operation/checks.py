# SPDX-License-Identifier: Apache-2.0
"""Checks that are made again and again: what may be asked of them, and the rights they act with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from stackloom.service.hooks import check_webhook
from stackloom.service.identity.caller import Caller
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.rights import rights_for
from stackloom.service.refusal import Refused
from stackloom.service.sealed import seal_webhook_secret
from stackloom.wire.problem import Source
from stackloom.wire.scenario import Check, Validation

_DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRights:
    """What is kept with a scenario for its checks; nothing where it has none."""

    grant_id: UUID | None = None
    webhook_secret: bytes | None = None


def examine(check: Check | None, validation: Validation, *, has_secret: bool) -> None:
    """Look at what is asked of a check.

    Args:
        validation: of the scenario's texts.
        has_secret: a secret for its webhooks is kept already.

    Raises:
        Refused: its webhook would not be signed, or the scenario cannot be read without somebody
            who knows its secrets.
    """
    if check is None:
        return
    if check.webhook_url is not None and not check.webhook_secret and not has_secret:
        raise _refused(
            "what is sent to a webhook is signed, so it needs a secret", "webhook_secret"
        )
    if check.webhook_secret and check.webhook_url is None:
        raise _refused("there is no webhook_url for the secret", "webhook_secret")
    if validation.secrets_needed:
        names = ", ".join(validation.secrets_needed)
        raise _refused(
            f"nobody is there to give the values of {names} whenever it is checked", "every_seconds"
        )


@asynccontextmanager
async def check_rights(
    caller: Caller, desk: Desk, check: Check | None, scenario_name: str
) -> AsyncIterator[CheckRights]:
    """Give the checks of a scenario rights for reading, for an ``async with`` that keeps it.

    Raises:
        Refused: its webhook would go where the operator allows none, or the caller's token cannot
            hand rights on.
    """
    if check is None:
        yield CheckRights()
        return
    if check.webhook_url is not None:
        allowed_hosts = desk.settings.webhooks.allowed_hosts
        source = Source(pointer="$.check.webhook_url")
        check_webhook(check.webhook_url, allowed_hosts, source=source)
    sealed = seal_webhook_secret(
        desk.seal,
        check.webhook_secret,
        project_id=caller.project_id,
        scenario_name=scenario_name,
    )
    # A cloud without the role "reader" (before Keystone 14.0.0) has none with fewer rights.
    roles = caller.roles & {"reader"} or caller.roles
    seconds = desk.settings.runs.check_rights_days * _DAY_SECONDS
    async with rights_for(
        caller, desk, roles=roles, seconds=seconds, credential=check.credential
    ) as grant:
        yield CheckRights(grant_id=grant.id, webhook_secret=sealed)


def _refused(detail: str, field: str) -> Refused:
    return Refused("body.invalid", detail, source=Source(pointer=f"$.check.{field}"))
