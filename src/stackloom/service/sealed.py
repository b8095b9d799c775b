# SPDX-License-Identifier: Apache-2.0
"""What of jobs and scenarios is kept under seal, and what each seal is bound to.

A sealed text opens only in the place that it was made for: ``about`` names project, table, column
and row. Written by operations, read by workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

import msgspec


class Sealing(Protocol):
    """What seals and opens."""

    def seal(self, plain: bytes, *, about: str) -> bytes:
        """Return *plain* so that only a holder of the key can read it."""
        ...

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return what was sealed for the same *about*."""
        ...


def seal_secrets(
    seal: Sealing, secrets: Mapping[str, str], *, project_id: str, job_id: UUID
) -> bytes | None:
    """Return the values of a job's secret variables for ``jobs.secrets``; None for none."""
    if not secrets:
        return None
    return seal.seal(msgspec.json.encode(secrets), about=about_job_secrets(project_id, job_id))


def open_secrets(
    seal: Sealing, sealed: bytes | None, *, project_id: str, job_id: UUID
) -> dict[str, str]:
    """Return the values of a job's secret variables by name."""
    if sealed is None:
        return {}
    plain = seal.open(sealed, about=about_job_secrets(project_id, job_id))
    return msgspec.json.decode(plain, type=dict[str, str])


def seal_webhook_secret(
    seal: Sealing, secret: str | None, *, project_id: str, scenario_name: str
) -> bytes | None:
    """Return what signs a scenario's webhooks for ``scenarios.webhook_secret``."""
    if not secret:
        return None
    return seal.seal(secret.encode(), about=about_webhook_secret(project_id, scenario_name))


def open_webhook_secret(
    seal: Sealing, sealed: bytes, *, project_id: str, scenario_name: str
) -> bytes:
    """Return what signs a scenario's webhooks."""
    return seal.open(sealed, about=about_webhook_secret(project_id, scenario_name))


def about_job_secrets(project_id: str, job_id: UUID) -> str:
    """Return what the seal of ``jobs.secrets`` is bound to."""
    return f"{project_id} jobs secrets {job_id}"


def about_webhook_secret(project_id: str, scenario_name: str) -> str:
    """Return what the seal of ``scenarios.webhook_secret`` is bound to."""
    # A scenario keeps its name, and has no id yet when this is sealed.
    return f"{project_id} scenarios webhook_secret {scenario_name}"
