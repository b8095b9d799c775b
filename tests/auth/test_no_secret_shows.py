# SPDX-License-Identifier: Apache-2.0
"""A sweep: whatever goes wrong, no password and no token stands in any text."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fakes.cloud import PASSWORD, TOKENS, config, fake_session, settings, token_answer
from tests.fakes.transport import FakeTransport, Reply, answer, raw_answer

from stackloom.auth.cloud_files import CloudFile
from stackloom.auth.config import cloud_config
from stackloom.auth.entry import Region
from stackloom.auth.origin import DEFAULT, Given
from stackloom.auth.plugin import Plugin
from stackloom.auth.profiles import Profile
from stackloom.auth.receipt import Receipt
from stackloom.auth.settings import Settings, read_settings
from stackloom.auth.token_cache import TokenCache
from stackloom.errors import StackloomError
from stackloom.log import Secret
from stackloom.transport.client import Lost, NotSent, Request

_TOKEN = "gAAAA-token-0815"
_NETWORKS = Request(method="POST", url="http://cloud.test/v2.0/networks", body=b"{}")
_REPLIES: list[Reply] = [
    NotSent("refused"),
    Lost("reset"),
    *(answer(status) for status in (300, 301, 400, 401, 403, 404, 409, 413, 418, 500, 502, 504)),
    *(answer(status, None, Retry_After="900") for status in (429, 503)),
    answer(200),
    answer(201, {"token": {}}, X_Subject_Token=_TOKEN),
    raw_answer(502, b"<html><body>a proxy's page</body></html>"),
]


def _text_of(error: BaseException) -> str:
    """Everything that a person or a log may see of an error, its causes included."""
    lines = traceback.format_exception(error)
    return "".join(lines) + repr(error) + repr(vars(error)) + getattr(error, "hint", "")


def _no_secret_in(text: str) -> None:
    assert PASSWORD not in text
    assert _TOKEN not in text


@pytest.mark.parametrize("reply", _REPLIES, ids=repr)
@pytest.mark.parametrize("step", ["log-in", "request"])
def test_no_failure_of_a_request_shows_a_secret(
    reply: Reply, step: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At log-in and after it, error, traceback and debug log are clean."""
    transport = FakeTransport()
    transport.on("POST", TOKENS, reply if step == "log-in" else token_answer(_TOKEN))
    transport.on("POST", "/v2.0/networks", reply)
    session = fake_session(transport, cache=TokenCache(tmp_path, config()))
    with caplog.at_level(logging.DEBUG):
        try:
            asyncio.run(session.ask(_NETWORKS, service="network"))
        except StackloomError as error:
            _no_secret_in(_text_of(error))
    _no_secret_in(caplog.text)
    _no_secret_in(repr(transport.requests) + repr(session.config) + str(session.config))


@pytest.mark.parametrize(
    "values",
    [
        {"auth_url": ""},
        {"auth_url": "nonsense"},
        {"auth_type": "unknown"},
        {"username": ""},
        {"project_domain_name": ""},
    ],
)
def test_no_fault_of_the_settings_shows_a_secret(values: dict[str, str]) -> None:
    """What is wrong with settings is told without what is right with them."""
    with pytest.raises(StackloomError) as caught:
        cloud_config(settings(**values))
    _no_secret_in(_text_of(caught.value))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + "\n  broken: [",
        lambda text: text.replace(f"'{PASSWORD}'", f"*{PASSWORD}"),
        lambda text: text.replace(f"'{PASSWORD}'", f"!{PASSWORD}"),
        lambda text: text.replace(f"'{PASSWORD}'", f"'{PASSWORD}"),
        lambda text: text.replace(f"'{PASSWORD}'", f"{PASSWORD}: x: y"),
        lambda text: text.replace("lab", "other"),
    ],
)
def test_no_fault_of_a_file_shows_a_secret(spoil: Callable[[str], str], tmp_path: Path) -> None:
    """A parser likes to quote the line that it stumbles over; we do not."""
    text = f"clouds:\n  lab:\n    auth:\n      password: '{PASSWORD}'\n      username: alice\n"
    file = tmp_path / "clouds.yaml"
    file.write_text(spoil(text))
    variables = {"HOME": str(tmp_path), "OS_CLIENT_CONFIG_FILE": str(file)}
    with pytest.raises(StackloomError) as caught:
        read_settings({}, variables, cloud_name="lab")
    _no_secret_in(_text_of(caught.value))


@pytest.mark.parametrize(
    "value",
    [
        Given(PASSWORD, DEFAULT),
        Region(name="one", values={"auth": {"password": PASSWORD}}),
        Profile(settings={"auth": {"password": PASSWORD}}, origin=DEFAULT),
        CloudFile(path=Path("clouds.yaml"), document={"clouds": {"lab": {"password": PASSWORD}}}),
        Settings(source="x", values={"password": PASSWORD}),
        Plugin(auth_type="x", options={"password": Secret(PASSWORD)}),
        Receipt(secret=Secret(_TOKEN), proven=(), rules=()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_on_the_way_shows_a_secret(value: object) -> None:
    """Whatever a debugger or a log prints of it."""
    _no_secret_in(f"{value!r} {value}")
