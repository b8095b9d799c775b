# SPDX-License-Identifier: Apache-2.0
"""Texts that callers send, read before anything is done with them: in a child process, with limits.

A scenario is kept only if nothing is wrong with it that can be told without a cloud, and only
without secrets: their values come with each plan or run.
"""

from __future__ import annotations

from collections.abc import Mapping

from stackloom.service.operation.desk import Desk
from stackloom.service.reading import invalid
from stackloom.service.refusal import Refused
from stackloom.wire.problem import Source
from stackloom.wire.scenario import ScenarioSource, Validation


async def read(desk: Desk, source: ScenarioSource) -> Validation:
    """Read the texts of a scenario, which may be kept afterwards.

    Raises:
        Refused: there is something wrong with them, all of it at once; also a secret in them.
    """
    validation = await desk.reading.validate(source)
    if not validation.is_valid:
        raise invalid(validation.problems)
    return validation


async def read_with_secrets(
    desk: Desk, source: ScenarioSource, secrets: Mapping[str, str]
) -> Validation:
    """Read the texts of a scenario for a job that gets the values of its secret variables.

    Raises:
        Refused: something is wrong with them, a secret is missing, or is for no secret variable.
    """
    validation = await read(desk, source)
    if missing := sorted(set(validation.secrets_needed) - set(secrets)):
        raise Refused(
            "secret.missing",
            f"the scenario needs the values of its secret variables {', '.join(missing)}",
            hint="give each of them in secrets; they are kept sealed, and no longer than needed",
            source=Source(pointer="$.secrets"),
        )
    if unknown := sorted(set(secrets) - set(validation.secrets)):
        raise Refused(
            "body.invalid",
            f"the scenario has no secret variables {', '.join(unknown)}",
            hint="its secret variables: " + (", ".join(sorted(validation.secrets)) or "none"),
            source=Source(pointer=f"$.secrets.{unknown[0]}"),
        )
    if secrets:
        with_them = await desk.reading.validate(source, secrets=secrets)
        if not with_them.is_valid:
            raise invalid(with_them.problems)
    return validation
