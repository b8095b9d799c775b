# SPDX-License-Identifier: Apache-2.0
"""From a file of this machine to what is sent: its text, the texts that it names, its variables.

The file is read as every command reads it, so that what is wrong with it is told before anything is
sent. The values of secret variables go another way than the others: with each plan or run.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stackloom import operations
from stackloom.scenario.document import read_document
from stackloom.scenario.language.includes import with_includes
from stackloom.scenario.language.variables import Given, secret_variables
from stackloom.scenario.loader import Loaded
from stackloom.wire.scenario import ScenarioSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A scenario as the service gets it.

    Attributes:
        loaded: the same, as it was read here.
        secrets: values of its secret variables, as texts.
    """

    loaded: Loaded = field(repr=False)  # secrets stand in it
    source: ScenarioSource
    secrets: dict[str, str] = field(repr=False)


def read_source(path: Path, given: Sequence[Given] = ()) -> Sent:
    """Read a scenario file, and all files that it includes or takes the text of.

    Args:
        given: values for its variables.

    Raises:
        UsageError: a file cannot be read.
        BadScenario: with every problem that was found.
    """
    loaded = operations.read_scenario(path, given)
    values: dict[str, Any] = {}
    for each in given:
        values |= each.values
    return Sent(
        loaded=loaded,
        source=ScenarioSource(
            text=loaded.files[str(path)],
            files={name: text for name, text in loaded.files.items() if name != str(path)},
            # As they were read: what was typed as 3 for a number is one.
            variables={name: loaded.variables[name] for name in values if name in loaded.variables},
        ),
        secrets={name: _text(values[name]) for name in _secrets(loaded) if name in values},
    )


def _secrets(loaded: Loaded) -> Collection[str]:
    """Return the names of the secret variables; what was read does not tell them."""
    file = loaded.document.file
    whole = with_includes(read_document(loaded.files[file], file), loaded.files.__getitem__)
    return secret_variables(whole.values.get("variables"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
