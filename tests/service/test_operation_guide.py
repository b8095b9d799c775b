# SPDX-License-Identifier: Apache-2.0
"""docs/guide/service-operation.md: its table of settings, its metrics, its commands."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from stackloom.service.metrics import Metrics
from stackloom.service.settings import ServiceSettings
from stackloom.service.settings_sources import names, shown_name

_PAGE = (Path(__file__).parents[2] / "docs/guide/service-operation.md").read_text()


def test_every_setting_is_there_with_its_default() -> None:
    """In the order of the code; a row's third cell says what it is."""
    rows = re.findall(r"^\| `(\[\w+\] \w+)` \| (?:`([^`]*)` )?\| (.+) \|$", _PAGE, re.MULTILINE)
    defaults = msgspec.to_builtins(ServiceSettings())
    expected = []
    for name in names():
        section, _, key = name.partition(".")
        expected.append((shown_name(name), _shown(defaults[section][key])))
    assert [(name, default) for name, default, _ in rows] == expected


def test_every_metric_is_there() -> None:
    """What is counted is named, and what is named is counted."""
    text = Metrics().text().decode()
    counted = set(re.findall(r"^# TYPE (stackloom_\w+) ", text, re.MULTILINE))
    named = set(re.findall(r"`(stackloom_\w+)(?:\{[\w,]+\})?`", _PAGE))
    assert named == counted


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value in ("", ()) else str(value)
