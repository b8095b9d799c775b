# SPDX-License-Identifier: Apache-2.0
"""The service does what its document says: schemathesis asks it everything, in every wrong way."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.fakes.fake_cloud import FakeCloud
from tests.fakes.http_bridge import served
from tests.fakes.people import FakePeople
from tests.service.live import listening
from tests.service.serving import MEMBER, app_for, settings_for

from stackloom.auth.token import Token
from stackloom.log import Secret
from stackloom.service.settings import LimitsSettings
from stackloom.transport.client import Answer, Request

_HOOKS = """\
import hashlib
import schemathesis


@schemathesis.hook
def map_body(context, body):
    source = body.get("source") if isinstance(body, dict) else None
    text = source.get("text") if isinstance(source, dict) else None
    if isinstance(text, str) and len(text) < 1000 and "\\0" not in text:
        name = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
        source["text"] = f"scenario: s{name}\\nnetworks:\\n  red: {{cidr: 192.0.2.0/25}}\\n"
    return body
"""
_SETTINGS = """\
hooks = "hooks.py"

[checks.positive_data_acceptance]
# What is a text to a schema need be no scenario; ids are of things that are not there, and an
# If-Match is a guess. The list of versions is 300.
expected-statuses = ["2xx", "300", "303", "304", "400", "403", "404", "409", "412", "429"]

[checks.missing_required_header]
# RFC 6585 has a status of its own for a missing If-Match.
expected-statuses = ["400", "401", "403", "406", "415", "422", "428"]
"""


class _CloudWithDoor(FakeCloud):
    """Answers at the root of Keystone too, where readiness is asked for."""

    async def send(self, request: Request) -> Answer:
        if urlsplit(request.url).path.rstrip("/") == "/v3":
            return Answer(status=200, headers={}, body=b"{}")
        return await super().send(request)


@pytest.mark.slow
def test_schemathesis_finds_nothing(database_url: str, tmp_path: Path) -> None:
    """No 5xx, no answer that the document does not describe, nothing accepted that it forbids."""
    (tmp_path / "schemathesis.toml").write_text(_SETTINGS)
    # Its own random texts are no scenarios, and what is asked of scenarios would never be asked.
    (tmp_path / "hooks.py").write_text(_HOOKS)
    output = asyncio.run(_asked_everything(database_url, tmp_path))
    assert "No issues found" in output, output
    assert "API Links:    0 covered" not in output, f"nothing was asked in a row:\n{output}"


async def _asked_everything(database_url: str, folder: Path) -> str:
    cloud = _CloudWithDoor()
    limits = LimitsSettings(
        requests_per_second=100_000, requests_at_once=100_000, posts_per_second=100_000
    )
    with served(cloud) as cloud.base:
        token = Token(Secret("blue-member"), json.dumps(cloud._token()).encode())
        settings = settings_for(database_url, folder, limits, keystone=f"{cloud.base}/v3")
        app = app_for(settings, FakePeople(catalog=token))
        async with listening(app) as url, httpx2.AsyncClient() as client:
            document = (await client.get(f"{url}/v1/openapi.json")).json()
            (folder / "openapi.json").write_text(json.dumps(_without_long_texts(document)))
            return await _schemathesis(url, folder)


def _without_long_texts(node: Any) -> Any:
    """Leave out of the document how long long texts may be: test_bad_input.py asks for those.

    Texts of 128 Ki characters and one more take schemathesis minutes to make.
    """
    if isinstance(node, list):
        return [_without_long_texts(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_long_texts(value)
        for key, value in node.items()
        if not (key == "maxLength" and isinstance(value, int) and value > 1_024)
    }


async def _schemathesis(url: str, folder: Path) -> str:
    options = {
        "--url": url,
        "--seed": "1",
        "--max-examples": "20",
        "--header": f"X-Auth-Token: {MEMBER['X-Auth-Token']}",
        "--warnings": "off",
    }
    program = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        *(part for pair in options.items() for part in pair),
        "openapi.json",
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await program.communicate()
    return output.decode()
