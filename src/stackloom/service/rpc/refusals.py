# SPDX-License-Identifier: Apache-2.0
"""From a refusal of REST to a status of gRPC, with the details that ``google.rpc`` has. Pure.

The code is ``ErrorInfo.reason``: ``stackloom.plan.stale``. Everything goes in trailing metadata, of
which gRPC takes 8 KiB by default: of many problems, as many are told as fit.
"""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, Help, RequestInfo, RetryInfo
from google.rpc.status_pb2 import Status

from stackloom.service.rest.refusals import Refusal
from stackloom.wire.problem import ErrorItem, Source

DETAILS = "grpc-status-details-bin"
DOMAIN = "stackloom"
_CODES = {
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.FAILED_PRECONDITION,
    412: grpc.StatusCode.ABORTED,
    428: grpc.StatusCode.FAILED_PRECONDITION,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.UNAVAILABLE,
}
_MOST_BYTES = 5_000
_MOST_CHARACTERS = 500


def status_code(status: int) -> grpc.StatusCode:
    """Return gRPC's code for an HTTP status of 400 or more."""
    return _CODES.get(status, grpc.StatusCode.INVALID_ARGUMENT)


def message_of(refusal: Refusal) -> str:
    """Return what is told in words: the first reason, and how many more there are."""
    first, *others = refusal.errors.errors
    more = f" (and {len(others)} more)" if others else ""
    hint = f"; {first.hint}" if first.hint else ""
    return _cut(f"{_place(first.source)}{first.detail}{more}{hint}")


def details_of(refusal: Refusal) -> Status:
    """Return everything else about a refusal."""
    first = refusal.errors.errors[0]
    status = Status(code=status_code(refusal.status).value[0], message=message_of(refusal))
    metadata = {"status": str(refusal.status), "title": first.title}
    told: list[Message] = [
        ErrorInfo(reason=first.code, domain=DOMAIN, metadata=metadata),
        RequestInfo(request_id=first.request_id),
    ]
    if first.links:
        told.append(Help(links=[Help.Link(description=first.title, url=first.links[0].href)]))
    if after := refusal.headers.get("Retry-After"):
        retry = RetryInfo()
        retry.retry_delay.FromSeconds(int(after))
        told.append(retry)
    for each in told:
        status.details.add().Pack(each)
    if violations := _violations(refusal.errors.errors, status.ByteSize()):
        status.details.add().Pack(violations)
    return status


def _violations(items: Sequence[ErrorItem], used: int) -> BadRequest | None:
    result = BadRequest()
    for item in items:
        if item.source is None:
            continue
        result.field_violations.add(
            field=item.source.pointer or _place(item.source).removesuffix(": "),
            description=_cut(item.detail + (f"; {item.hint}" if item.hint else "")),
        )
        if used + result.ByteSize() > _MOST_BYTES:
            del result.field_violations[-1]
            break
    return result if result.field_violations else None


def _place(source: Source | None) -> str:
    if source is None or not source.file:
        return ""
    return f"{source.file}:{source.line}:{source.column}: "


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
