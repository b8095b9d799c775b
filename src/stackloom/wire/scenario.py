# SPDX-License-Identifier: Apache-2.0
"""Scenarios: what a project wants to have, kept by the service, with every earlier text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from stackloom.errors import Problem
from stackloom.wire.credential import Credential
from stackloom.wire.links import Links
from stackloom.wire.words import (
    Files,
    Instant,
    Json,
    Line,
    Name,
    SecretText,
    Tag,
    Text,
    VariableName,
)

Condition = Literal["unknown", "absent", "in_sync", "drifted", "changing", "failed"]
"""What is known of a scenario in the cloud, as of its last run or check."""

MAIN_FILE = "scenario.yaml"
"""What problems call ``ScenarioSource.text``; none of its ``files`` may have this path."""


class ScenarioSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The texts of a scenario.

    Attributes:
        text: the scenario file itself.
        files: further texts by the path under which ``include`` and ``file()`` name them.
        variables: values for its variables; secret ones are given with a plan or run instead.
    """

    text: Text
    files: Files = {}
    variables: Annotated[Mapping[VariableName, Json], Meta(max_length=1_000)] = {}


class Check(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Look for drift again and again.

    Attributes:
        webhook_url: where the drift that is found is sent to; its host must be one that the
            operator allows.
        webhook_secret: signs what is sent; never given back.
        credential: to look with, for tokens that cannot hand rights on; never given back.
    """

    every_seconds: Annotated[int, Meta(ge=300, le=604_800)]
    webhook_url: Line | None = None
    webhook_secret: SecretText | None = None
    credential: Credential | None = None

    def __repr__(self) -> str:
        return f"Check(every {self.every_seconds} s)"


class ScenarioCreate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new scenario; its name is the one in the text."""

    source: ScenarioSource
    tags: Annotated[tuple[Tag, ...], Meta(max_length=50)] = ()
    check: Check | None = None


class ScenarioReplace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What takes the place of a scenario's text, tags and check; the name must stay."""

    source: ScenarioSource
    tags: Annotated[tuple[Tag, ...], Meta(max_length=50)] = ()
    check: Check | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario.

    Attributes:
        revision: the number of its newest text, from 1; its ETag is made of it.
        check: without the webhook's secret.
        checked_at: when *condition* was last compared with the cloud.
        last_run_id: the run that was asked for last.
        created_by: the id of a user.
    """

    id: UUID
    name: Name
    revision: int
    condition: Condition
    tags: tuple[str, ...]
    check: Check | None
    checked_at: Instant | None
    last_run_id: UUID | None
    created_at: Instant
    created_by: str
    updated_at: Instant
    links: Links = ()


class ScenarioPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some scenarios, oldest first unless asked otherwise."""

    scenarios: tuple[Scenario, ...]
    links: Links = ()


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One text of a scenario; it never changes."""

    number: int
    source: ScenarioSource
    created_at: Instant
    created_by: str
    links: Links = ()


class RevisionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some revisions, newest first."""

    revisions: tuple[Revision, ...]
    links: Links = ()


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a scenario's texts, all at once; found without a cloud.

    Attributes:
        name: of the scenario, "" where the text does not say.
        resources: how many it describes.
        secrets: its secret variables, whose values are given with a plan or run; that they have
            none is no problem here.
        secrets_needed: those of them without a default.
    """

    is_valid: bool
    problems: tuple[Problem, ...]
    name: str = ""
    resources: int = 0
    secrets: tuple[str, ...] = ()
    secrets_needed: tuple[str, ...] = ()
