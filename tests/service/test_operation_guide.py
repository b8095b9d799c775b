# SPDX-License-Identifier: Apache-2.0
"""docs/guide/service-operation.md: its table of settings, its metrics, its commands."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from stackloom.service.grant.key_file import write_new_key
from stackloom.service.metrics import METRICS, Metrics
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


def test_a_server_of_ones_own(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code of the page answers, and counts what it has answered."""
    write_new_key(tmp_path / "keys")
    monkeypatch.setenv("STACKLOOM_DATABASE_URL", database_url)
    monkeypatch.setenv("STACKLOOM_SECRETS_KEYS_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("STACKLOOM_IDENTITY_AUTH_URL", "http://keystone.test/v3")
    (code,) = re.findall(r"^```python\n(.*?)^```$", _PAGE, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for logger in (logging.getLogger(), logging.getLogger("stackloom")):  # as before, at the end
        monkeypatch.setattr(logger, "level", logger.level)
        monkeypatch.setattr(logger, "handlers", [])
    exec(code, names)
    logging.captureWarnings(capture=False)
    app, metrics_app = names["app"], names["metrics_app"]

    async def asked(application: Any, path: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x.test") as client:
            return await client.get(path)

    async def run() -> tuple[int, str]:
        async with app.running():
            answer = await asked(app, "/livez")
        return answer.status_code, (await asked(metrics_app, "/metrics")).text

    before = METRICS.value("requests_total", route="/livez", method="GET", status="200") or 0.0
    status, text = asyncio.run(run())
    assert status == 200
    line = 'stackloom_requests_total{method="GET",route="/livez",status="200"}'
    assert f"{line} {before + 1}\n" in text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value in ("", ()) else str(value)
