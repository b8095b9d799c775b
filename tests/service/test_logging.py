# SPDX-License-Identifier: Apache-2.0
"""What is noted: one line of JSON with its ids, text for people, and no secret in either."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Iterator

import pytest

from stackloom.log import Log, Secret
from stackloom.service.logging import noting, set_up_logging, without_secrets
from stackloom.service.settings import LogSettings

_TOKEN = "gAAAAABl" + "x" * 180


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What a test sets up ends with it."""
    root, ours = logging.getLogger(), logging.getLogger("stackloom")
    before = (root.handlers[:], root.level, ours.level)
    yield
    root.handlers[:], root.level, ours.level = before
    logging.captureWarnings(capture=False)


def _noted(settings: LogSettings | None = None) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(settings or LogSettings(format="json"), stream)
    return stream


def test_a_line_has_the_ids_of_its_context() -> None:
    """Those of outside, of inside, and of the message itself."""
    stream = _noted()
    with noting(request_id="req-1", project_id="blue"), noting(job_id="7", project_id="red"):
        logging.getLogger("stackloom.x").info("step %s", "one", extra={"address": "port.a"})
    logging.getLogger("stackloom.x").info("after")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    moment = first.pop("time")
    assert moment.endswith("Z")
    assert len(moment) == len("2026-11-24T12:00:00.000Z")
    assert first == {
        "level": "info",
        "logger": "stackloom.x",
        "process": os.getpid(),
        "message": "step one",
        "request_id": "req-1",
        "project_id": "red",
        "job_id": "7",
        "address": "port.a",
    }
    assert {"request_id", "project_id", "job_id"} & set(second) == set()


def test_a_line_for_a_person() -> None:
    """On a terminal it is text: time, level where it is not the usual one, ids."""
    stream = _Terminal()
    set_up_logging(LogSettings(), stream)
    with noting(job_id="7"):
        Log("stackloom.y").warning("slow")
        logging.getLogger("stackloom.y").info("done")
    lines = stream.getvalue().splitlines()
    assert [line[8:] for line in lines] == [
        " warning: slow [job_id=7]",
        " done [job_id=7]",
    ]


def test_an_exception_is_one_line() -> None:
    """Its traceback is a value of the line, without the secrets that its message has."""
    stream = _noted()
    try:
        raise ValueError(f"refused {_TOKEN}")
    except ValueError:
        logging.getLogger("stackloom.z").exception("failed with %s", Secret("hidden"))
    (line,) = stream.getvalue().splitlines()
    document = json.loads(line)
    assert document["message"] == "failed with ***"
    assert document["traceback"].endswith("ValueError: refused ***")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token {_TOKEN}, again {_TOKEN}", "token ***, again ***"),
        ("at postgresql://me:pass@db/x failed", "at postgresql://***@db/x failed"),
        (
            "postgresql:///x?user=me&password=p%40ss&host=/run",
            "postgresql:///x?user=me&password=***&host=/run",
        ),
        ("postgresql:///x?sslPassword=pass failed", "postgresql:///x?sslPassword=*** failed"),
        ("X-Auth-Token: abc def", "X-Auth-Token: *** def"),
        ("{'x-subject-token': 'abc'}", "{'x-subject-token': ***"),
        ("Authorization: Bearer abc", "Authorization: ***"),
        ("http://host:80/path@x and a@b", "http://host:80/path@x and a@b"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_what_looks_like_a_secret(text: str, shown: str) -> None:
    """It is stars, whoever wrote it."""
    assert without_secrets(text) == shown


def test_levels() -> None:
    """Others are heard when something is wrong, and all of them where one looks for a mistake."""
    stream = _noted(LogSettings(format="json", level="info"))
    logging.getLogger("uvicorn.error").info("no news")
    logging.getLogger("uvicorn.error").warning("news")
    logging.getLogger("stackloom.x").debug("no news")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["news"]
    stream = _noted(LogSettings(format="json", level="debug"))
    logging.getLogger("uvicorn.error").debug("all of it")
    assert json.loads(stream.getvalue())["message"] == "all of it"
    stream = _noted(LogSettings(format="json", level="error"))
    logging.getLogger("uvicorn.error").warning("no news")
    assert stream.getvalue() == ""
