# SPDX-License-Identifier: Apache-2.0
"""The plain values that bodies are made of, each with its limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

Json = Any
"""Any value that JSON has."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment, in UTC: ``2026-11-24T12:45:02.123456Z``."""

# PostgreSQL has no room for NUL in a text, so no text of ours has one.
_NO_NUL = r"^[^\x00]*$"

Name = Annotated[
    str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]
"""The name of a scenario."""

Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^,/\x00]+$")]
Line = Annotated[str, msgspec.Meta(max_length=1_024, pattern=_NO_NUL)]
Text = Annotated[str, msgspec.Meta(max_length=131_072, pattern=_NO_NUL)]
"""A scenario file: 128 Ki characters."""

FileText = Annotated[str, msgspec.Meta(max_length=524_288, pattern=_NO_NUL)]
FilePath = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
Files = Annotated[Mapping[FilePath, FileText], msgspec.Meta(max_length=100)]
SecretText = Annotated[str, msgspec.Meta(max_length=65_536, pattern=_NO_NUL)]
VariableName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
Position = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
