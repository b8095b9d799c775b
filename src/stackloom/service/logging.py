# SPDX-License-Identifier: Apache-2.0
"""What the service notes on stderr: JSON for machines, text for people, never a secret.

Everybody logs with ``logging`` or ``stackloom.log``; ids come from the context (``noting``), so
that whoever logs needs not know them.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TextIO

from stackloom.service.settings import LogSettings

# In this order; each may come from the context, or as `extra` of one message.
IDS = ("request_id", "global_request_id", "project_id", "job_id", "worker_id", "address")
_noted: ContextVar[Mapping[str, str]] = ContextVar("noted", default=MappingProxyType({}))
# A `Secret` hides itself; this is for texts of others, such as an exception's. They may hold tokens
# of Keystone (Fernet's begin with version and time, "gAAAA"), passwords in addresses, and headers.
_SECRETS = (
    (re.compile(r"gAAAA[\w=-]{20,}"), "***"),
    (re.compile(r"://[^/@\s]*:[^/@\s]*@"), "://***@"),
    # libpq takes them behind the question mark, too.
    (re.compile(r"(?i)([?&](?:ssl)?password=)[^&\s]*"), r"\1***"),
    (
        re.compile(
            r"(?i)((?:x-(?:auth|subject)-token|authorization)['\"]?\s*[:=]\s*)"
            r"(?:(?:bearer|basic) )?\S+"
        ),
        r"\1***",
    ),
)


@contextmanager
def noting(**ids: str) -> Iterator[None]:
    """Put ids (``IDS``) at everything that is logged inside, also by tasks that begin there."""
    assert set(ids) <= set(IDS), f"not among {IDS}: {ids}"
    before = _noted.set({**_noted.get(), **ids})
    try:
        yield
    finally:
        _noted.reset(before)


class JsonFormatter(logging.Formatter):
    """A message as one line of JSON: ``time``, ``level``, ``logger``, ``message``, ids."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, tz=UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": without_secrets(record.getMessage()),
            **_ids(record),
        }
        if record.exc_info:
            line["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """A message for a person: time, level, message, ids in brackets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and below it what was raised."""
        moment = datetime.fromtimestamp(record.created, tz=UTC).astimezone()
        ids = " ".join(f"{name}={value}" for name, value in _ids(record).items())
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        line = f"{moment:%H:%M:%S} {level}{record.getMessage()}" + (f" [{ids}]" if ids else "")
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return without_secrets(line)


def set_up_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send what this process logs to stderr, as the settings say."""
    stream = stream or sys.stderr
    is_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter() if is_text else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    level = getattr(logging, settings.level.upper())
    # Others tell of every request and query at "info", which is no news.
    root.setLevel(max(level, logging.WARNING) if level > logging.DEBUG else level)
    logging.getLogger("stackloom").setLevel(level)
    logging.captureWarnings(capture=True)


def without_secrets(text: str) -> str:
    """Return a text with stars in the place of what looks like a token or a password."""
    for pattern, stars in _SECRETS:
        text = pattern.sub(stars, text)
    return text


def _ids(record: logging.LogRecord) -> dict[str, str]:
    noted = _noted.get()
    found = {name: getattr(record, name, None) or noted.get(name) for name in IDS}
    return {name: str(value) for name, value in found.items() if value}
