# SPDX-License-Identifier: Apache-2.0
"""What is sent in secret does not show where a struct is printed."""

from __future__ import annotations

import msgspec
import pytest

from stackloom.wire.credential import Credential
from stackloom.wire.plan import PlanCreate
from stackloom.wire.run import Retry, RunCreate
from stackloom.wire.scenario import Check, ScenarioCreate, ScenarioSource

_SECRET = "hunter2"
_CREDENTIAL = Credential(id="abc", secret=_SECRET)


@pytest.mark.parametrize(
    "sent",
    [
        _CREDENTIAL,
        PlanCreate(source=ScenarioSource(text=""), secrets={"word": _SECRET}),
        RunCreate(secrets={"word": _SECRET}, credential=_CREDENTIAL),
        Retry(secrets={"word": _SECRET}, credential=_CREDENTIAL),
        Check(every_seconds=300, webhook_secret=_SECRET, credential=_CREDENTIAL),
        ScenarioCreate(
            source=ScenarioSource(text=""), check=Check(every_seconds=300, webhook_secret=_SECRET)
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_no_secret_shows_where_it_is_printed(sent: msgspec.Struct) -> None:
    """Not in a log line, a failing assertion or a debugger."""
    assert _SECRET in msgspec.json.encode(sent).decode()
    assert _SECRET not in repr(sent)
