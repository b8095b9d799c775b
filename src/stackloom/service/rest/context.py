# SPDX-License-Identifier: Apache-2.0
"""What the application opens when it starts, and routes answer with."""

from __future__ import annotations

from dataclasses import dataclass

from stackloom.service.settings import ServiceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that lives as long as the application.

    Attributes:
        public_url: what links begin with, without a slash at its end.
    """

    settings: ServiceSettings
    public_url: str
