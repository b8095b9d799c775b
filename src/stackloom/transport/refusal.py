# SPDX-License-Identifier: Apache-2.0
"""Turn an answer that is not a success into the exception that says what the service said.

Each service words its errors differently; the shapes were read in the 2026.2 sources named at
``_words``. This module decides by the service's own error type where there is one, never by status
alone: a 409 of Neutron may be a quota, an address in use, or a lock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from stackloom import errors
from stackloom.transport.client import Answer

SERVICE_NAMES = {
    "identity": "Keystone",
    "network": "Neutron",
    "compute": "Nova",
    "image": "Glance",
    "placement": "Placement",
    "block-storage": "Cinder",
}

# Not the word alone: "os-quota-sets:update" is refused by policy, "Quota exists" is a conflict.
# nova/exception.py, neutron_lib/exceptions, glance/quota, oslo_limit/exception.py; 2026.2.
_QUOTA_WORDS = r"(?is)quota.*exceed|exceed.*quota|is over a limit|maximum number of ports exceeded"
# Only what looks like a tag: "must be < 10 and > 5" is text.
_TAG = r"(?i)</?[a-z!][^<>]*>"
_MOST_WORDS = 600


def service_name(service: str) -> str:
    """Return the project's name for a service type: ``network`` is ``Neutron``."""
    return SERVICE_NAMES.get(service, service or "the service")


def request_id(headers: Mapping[str, str]) -> str:
    """Return the ``req-…`` of an answer; Nova also sends it under its older name."""
    return headers.get("x-openstack-request-id") or headers.get("x-compute-request-id", "")


def refusal(answer: Answer, *, method: str, url: str, service: str) -> errors.CloudError:
    """Build the exception for an answer of 300 or more."""
    kind, words = _words(answer)
    name = service_name(service)
    path = urlsplit(url).path
    message = (
        f"{name} answered {method} {path} with: "
        f"{words or _STATUS_WORDS.get(answer.status, 'no explanation')}"
    )
    leaf, hint = _leaf(answer.status, kind, words)
    if answer.status in {502, 503, 504} and not request_id(answer.headers):
        # Every service of OpenStack sends one, a proxy before it does not.
        hint = "a proxy before the service says so; run the command again in a moment"
    if "retry-after" in answer.headers and answer.status in {429, 503}:
        hint = f"it asks to come back after: {answer.headers['retry-after']} (seconds, or a date)"
    return leaf(
        message,
        method=method,
        url=url,
        status=answer.status,
        kind=kind,
        request_id=request_id(answer.headers),
        service=service,
        hint=hint,
    )


_STATUS_WORDS = {
    300: "several versions to choose from",
    401: "not authenticated",
    403: "not allowed",
    404: "not found",
    409: "conflict",
    413: "too large",
    429: "too many requests",
    500: "it failed",
    502: "a proxy got no answer from it",
    503: "it is not available",
    504: "a proxy waited too long for it",
}


def _leaf(status: int, kind: str, words: str) -> tuple[type[errors.CloudError], str]:
    """Choose the exception, and a hint where the status alone says what to do."""
    if kind == "OverQuota" or (status in {403, 409, 413} and re.search(_QUOTA_WORDS, words)):
        return errors.OverQuota, "free something, or ask the operator for a larger quota"
    chosen: dict[int, tuple[type[errors.CloudError], str]] = {
        401: (
            errors.AuthFailed,
            "check user, password and domain; the token may have been revoked",
        ),
        403: (errors.Forbidden, "your role on this project does not allow it"),
        404: (errors.NotFound, ""),
        409: (errors.Conflict, ""),
        412: (errors.Conflict, "it was changed meanwhile; run the command again"),
        429: (errors.RateLimited, "wait a moment and run the command again"),
    }
    if status in chosen:
        return chosen[status]
    if status >= 500:
        return errors.ServerFault, "the service's own log has more under this request id"
    return errors.BadRequest, ""


def _words(answer: Answer) -> tuple[str, str]:
    """Return the service's type and message.

    Shapes: ``{"NeutronError": {"type", "message", "detail"}}`` (neutron/api/api_common.py),
    ``{"error": {"code", "message", "title"}}`` (keystone/common/render_exception.py),
    ``{"badRequest": {"code", "message"}}`` (nova/api/openstack/wsgi.py, Fault),
    ``{"errors": [{"status", "title", "detail"}]}`` (placement/util.py, json_error_formatter),
    ``{"message", "code", "title"}`` or HTML (glance/common/wsgi.py, webob), release 2026.2.
    """
    try:
        document = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return "", _plain(answer.body.decode("utf-8", "replace"))
    if not isinstance(document, dict) or not document:
        return "", ""
    inside = document if "message" in document else next(iter(document.values()))
    if isinstance(inside, list) and inside:
        inside = inside[0]
    if isinstance(inside, str):
        return "", _plain(inside)
    if not isinstance(inside, dict):
        return "", ""
    words = next(filter(None, (_text(inside, key) for key in ("message", "detail", "title"))), "")
    return _text(inside, "type"), _plain(words)


def _text(fault: dict[str, object], key: str) -> str:
    """Return a text inside a fault; what proxies and plugins put there may be anything."""
    value = fault.get(key)
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Make one readable line of text that may be a proxy's HTML page."""
    from html import unescape  # noqa: PLC0415 - 2 ms, for nothing where nothing is refused

    if "<" in text:
        text = re.sub(
            r"<(style|script|title|head)\b.*?</\1>", " ", text, flags=re.DOTALL | re.IGNORECASE
        )
        text = unescape(re.sub(_TAG, " ", text))
    text = " ".join(text.split())
    return text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS] + " …"
