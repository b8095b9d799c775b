# SPDX-License-Identifier: Apache-2.0
"""The answers that are given in place of a service's own: in its own words, or in a proxy's.

Pure: makes bytes. Knows nothing of when they are given.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus

_MESSAGE = "stackloom: this answer was asked for with `stackloom local fault add`."
# nova/api/openstack/wsgi.py, `Fault._fault_names` (34.0); Cinder has the same.
_FAULT_NAMES = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    429: "overLimit",
    501: "notImplemented",
    503: "serviceUnavailable",
}
# HAProxy 2.8, src/http.c, `http_err_msgs`.
_OF_A_PROXY = {
    502: (
        "502 Bad Gateway",
        "The server returned an invalid or incomplete response.",
    ),
    503: (
        "503 Service Unavailable",
        "No server is available to handle this request.",
    ),
    504: (
        "504 Gateway Time-out",
        "The server didn't respond in time.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer. ``status`` is such as ``503 Service Unavailable``."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer(
    status: int,
    service_type: str,
    *,
    fault: str,
    is_html: bool = False,
    retry_after_seconds: int = -1,
) -> Answer:
    """Return the answer with which a service, or the proxy before it, refuses.

    Args:
        fault: the id of the fault, which a header tells.
        retry_after_seconds: -1 for no such header.
    """
    headers = [("X-Stackloom-Fault", fault)]
    if retry_after_seconds >= 0:
        headers.append(("Retry-After", str(retry_after_seconds)))
    if is_html:
        title, text = _OF_A_PROXY.get(status, (f"{status} {_phrase(status)}", _MESSAGE))
        body = f"<html><body><h1>{title}</h1>\n{text}\n</body></html>\n".encode()
        headers += [("Content-Type", "text/html"), ("Cache-Control", "no-cache")]
    else:
        # A proxy gives no request id, a service always does.
        headers.append(("X-Openstack-Request-Id", f"req-{uuid.uuid4()}"))
        content_type, body = _in_words_of(service_type, status)
        headers.append(("Content-Type", content_type))
    if status == 401:
        headers.append(("WWW-Authenticate", "Keystone"))
    headers.append(("Content-Length", str(len(body))))
    return Answer(status=f"{status} {_phrase(status)}", headers=tuple(headers), body=body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _in_words_of(service_type: str, status: int) -> tuple[str, bytes]:
    """Return the type of the content, and the content."""
    if service_type == "image" and status != 401:
        # Glance leaves it to webob (webob/exc.py, `html_template_obj`, 1.8.9).
        title = f"{status} {_phrase(status)}"
        text = (
            f"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n  <h1>{title}</h1>\n"
            f"  {_MESSAGE}<br /><br />\n\n\n\n </body>\n</html>"
        )
        return "text/html; charset=UTF-8", text.encode()
    return "application/json", json.dumps(_body(status, service_type)).encode()


def _body(status: int, service_type: str) -> Mapping[str, object]:
    """Return what a service of that type says with that status."""
    title = _phrase(status)
    if status == 401 or service_type == "identity":
        # keystonemiddleware/auth_token/__init__.py, `process_request` (12.0), answers for the
        # others as Keystone does (keystone/server/flask/application.py, 30.0).
        return {"error": {"code": status, "title": title, "message": _MESSAGE}}
    if service_type == "network":
        # neutron/api/api_common.py, `get_exception_data` and its callers (29.0).
        type_ = f"HTTP{title.replace(' ', '')}"
        return {"NeutronError": {"type": type_, "message": _MESSAGE, "detail": ""}}
    if service_type in {"compute", "block-storage", "volumev3"}:
        name = _FAULT_NAMES.get(status, "computeFault")
        return {name: {"code": status, "message": _MESSAGE}}
    if service_type == "orchestration":
        # heat/api/middleware/fault.py, `FaultWrapper._error` (27.0).
        error = {"type": title.replace(" ", ""), "message": _MESSAGE, "traceback": None}
        return {"code": status, "title": title, "explanation": _MESSAGE, "error": error}
    # placement/util.py, `json_error_formatter` (16.0); the shape of the API guidelines.
    return {"errors": [{"status": status, "title": title, "detail": _MESSAGE}]}


def created_ids(body: bytes) -> list[str]:
    """Return the ids of what a service says that it has created.

    ``{"port": {"id": "..."}}``, ``{"ports": [{"id": "..."}]}``, or ``{"id": "..."}``.
    """
    try:
        raw = json.loads(body)
    except ValueError:
        return []
    if not isinstance(raw, dict):
        return []
    found: list[object] = [raw]
    for value in raw.values():
        found += value if isinstance(value, list) else [value]
    ids = [each.get("id") for each in found if isinstance(each, dict)]
    return [id for id in ids if isinstance(id, str)]


def without(body: bytes, hidden: Collection[str]) -> tuple[bytes, set[str]]:
    """Return a service's list without the things of these ids, and which of them were in it.

    ``{"ports": [{"id": "..."}, ...]}``; every other body comes back as it is.
    """
    try:
        raw = json.loads(body)
    except ValueError:
        return body, set()
    if not isinstance(raw, dict):
        return body, set()
    found: set[str] = set()
    for key, value in raw.items():
        if isinstance(value, list):
            ids = {each["id"] for each in value if isinstance(each, dict) and "id" in each}
            there = ids.intersection(hidden)
            found |= there
            raw[key] = [
                each for each in value if not isinstance(each, dict) or each.get("id") not in there
            ]
    return (json.dumps(raw).encode(), found) if found else (body, found)
