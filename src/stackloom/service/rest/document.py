# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document: what can be asked for, made of the routes themselves.

Litestar's own is not used: it leaves out that unknown fields are refused, and says of answers that
are there as bytes that they are texts.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from stackloom.service.rest.answer import JSON
from stackloom.service.rest.body import FORM
from stackloom.service.rest.docstrings import told
from stackloom.service.rest.examples import EXAMPLES
from stackloom.service.rest.microversion import NEWEST, SERVICE_TYPE
from stackloom.service.rest.query import parameters_of
from stackloom.service.rest.refusals import PROBLEM
from stackloom.service.rest.route import Route, Who
from stackloom.service.rest.schemas import Schema, component_schemas, refer, schema_of
from stackloom.service.rest.stream import SSE
from stackloom.wire.codes import CODES, PREFIX
from stackloom.wire.problem import Errors, ProblemDetail

_ABOUT = f"""\
Scenarios, plans, runs and events of OpenStack projects, for other systems.

* Every request needs a token of Keystone's for a project, as `X-Auth-Token`; `reader` may look,
  `member` may change.
* Every answer has `X-Openstack-Request-Id`; one that is sent along in the form `req-UUID` goes on
  to the cloud.
* `OpenStack-API-Version: {SERVICE_TYPE} {NEWEST}` asks for a microversion; without it the oldest is
  meant.
* Refusals are `Errors`, or RFC 9457 for those who accept `{PROBLEM}`. A `code` never changes.
* Lists have `limit` and `marker`; the link `next` leads to the next page.
* A parameter or field that is not known is refused, and so is one that is given twice.
"""
_SECURITY: Mapping[str, Schema] = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Auth-Token",
        "description": "A token of Keystone's, for a project.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same token."},
}
_NEEDS = {
    Who.ALL: "Needs no token.",
    Who.READER: "Needs one of the roles `reader`, `member`, `admin`.",
    Who.MEMBER: "Needs one of the roles `member`, `admin`.",
}

# What follows from a route without being said at it.
_ALWAYS = (
    "header.invalid",
    "header.too-large",
    "parameter.unknown",
    "version.not-offered",
    "server.failed",
)
_WITH_TOKEN = (
    "token.missing",
    "token.refused",
    "scope.no-project",
    "role.missing",
    "rate.exceeded",
    "database.away",
    "identity.away",
)
_WITH_BODY = (
    "body.invalid",
    "body.length-missing",
    "body.not-json",
    "body.too-deep",
    "body.too-large",
    "request.took-too-long",
)
_WITH_MATCH = ("etag.missing", "etag.mismatch")
_REPEATABLE = ("idempotency.reused", "idempotency.under-way")

_TEXT: Schema = {"type": "string"}
_HEADERS: Mapping[str, Schema] = {
    "X-Openstack-Request-Id": {
        "description": "Under which the service logs this request.",
        "schema": _TEXT,
    },
    "Location": {"description": "Of what was made.", "schema": {**_TEXT, "format": "uri"}},
    "ETag": {"description": "Which version of the document it is.", "schema": _TEXT},
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "Where tokens come from.", "schema": _TEXT},
}


def document_of(routes: tuple[Route, ...], public_url: str) -> bytes:
    """Return the document as JSON.

    Args:
        public_url: what addresses begin with.
    """
    paths: dict[str, dict[str, Schema]] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = operation_of(route)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "stackloom",
            "summary": "Weave networks, routers and servers on any OpenStack cloud",
            "description": _ABOUT,
            "version": str(NEWEST),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "tags": _tags(routes),
        "paths": paths,
        "components": {
            "schemas": component_schemas(structs_of(routes)),
            "headers": _HEADERS,
            "securitySchemes": _SECURITY,
        },
    }
    return msgspec.json.encode(document)


def structs_of(routes: Iterable[Route]) -> set[type[msgspec.Struct]]:
    """Return the structs that go in and come out."""
    found: set[type[msgspec.Struct]] = {Errors, ProblemDetail}
    for route in routes:
        for each in (route.body, route.form, route.answer, *route.otherwise.values()):
            if is_struct(each):
                found.add(each)
    return found


def is_struct(type: Any) -> bool:
    """Whether a body is one of ours; else it is none, or some JSON of which no more is said."""
    return isinstance(type, msgspec.StructMeta)


def refusals_of(route: Route) -> tuple[str, ...]:
    """Return every code that a route may refuse with, by its status."""
    codes = {*_ALWAYS, *route.refusals}
    if route.who is not Who.ALL:
        codes |= set(_WITH_TOKEN)
    if route.query is not None:
        codes.add("parameter.invalid")
    if route.names or _names_others(route.body) or _names_others(route.query):
        codes.add("not-found")
    if route.body is not None or route.form is not None:
        codes |= set(_WITH_BODY)
    if route.needs_match:
        codes |= set(_WITH_MATCH)
    if route.is_repeatable:
        codes |= set(_REPEATABLE)
    if SSE in route.media_types:
        codes.add("format.not-offered")
    return tuple(sorted(codes, key=lambda code: (CODES[code].status, code)))


def _names_others(struct: type[msgspec.Struct] | None) -> bool:
    """Whether one of the fields is the id of something that need not be there."""
    return struct is not None and any(
        field.name.endswith("_id") for field in msgspec.structs.fields(struct)
    )


def operation_of(route: Route) -> Schema:
    """Return what the document says of one route."""
    operation: Schema = {
        "operationId": route.operation_id,
        "tags": [route.tag],
        "summary": route.summary.rstrip("."),
        "description": "\n\n".join(filter(None, (route.description, _NEEDS[route.who]))),
    }
    if parameters := [*_path_parameters(route), *_query_parameters(route), *_headers(route)]:
        operation["parameters"] = parameters
    if route.body is not None or route.form is not None:
        operation["requestBody"] = _request_body(route)
    operation["responses"] = {**_answers(route), **_refusals(route)}
    operation["security"] = [] if route.who is Who.ALL else [{"token": []}, {"bearer": []}]
    return operation


def _tags(routes: Iterable[Route]) -> list[Schema]:
    modules = {route.tag: route.call.__module__ for route in routes}
    return [
        {"name": tag, "description": (sys.modules[module].__doc__ or "").partition("\n")[0]}
        for tag, module in modules.items()
    ]


def _path_parameters(route: Route) -> list[Schema]:
    schemas = {
        UUID: {"type": "string", "format": "uuid"},
        int: {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        str: _TEXT,
    }
    return [
        {"name": name, "in": "path", "required": True, "schema": schemas[type]}
        for name, type in route.names.items()
    ]


def _query_parameters(route: Route) -> list[Schema]:
    if route.query is None:
        return []
    _, words = told(route.query)
    return [
        _query_parameter(name, route.query, words.get(name, ""))
        for name in parameters_of(route.query)
    ]


def _query_parameter(name: str, struct: type[msgspec.Struct], words: str) -> Schema:
    parameter = parameters_of(struct)[name]
    schema = schema_of(parameter.whole)
    described: Schema = {
        "name": name,
        "in": "query",
        "required": parameter.is_needed,
        "schema": schema,
    }
    if words:
        described["description"] = words[:1].upper() + words[1:]
    if parameter.default not in (None, (), ""):
        schema["default"] = parameter.default
    if parameter.is_list:
        described |= {"style": "form", "explode": False}
    return described


def _headers(route: Route) -> list[Schema]:
    described: list[tuple[str, bool, str, Schema]] = []
    if route.needs_match:
        words = "The ETag of the document that the caller has read."
        described.append(("If-Match", True, words, {**_TEXT, "minLength": 1}))
    if route.method == "GET" and route.has_etag:
        words = "The ETag of what the caller has; the answer is 304 where that is still so."
        described.append(("If-None-Match", False, words, _TEXT))
    if route.is_repeatable:
        words = "Makes it safe to send the request again: it is done once, and answered each time."
        schema = {**_TEXT, "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}
        described.append(("Idempotency-Key", False, words, schema))
    if SSE in route.media_types:
        words = "The number of the last event that the reader has; in the place of `after`."
        described.append(("Last-Event-ID", False, words, {**_TEXT, "pattern": "^[0-9]{1,18}$"}))
    return [
        {"name": name, "in": "header", "required": needed, "description": words, "schema": schema}
        for name, needed, words, schema in described
    ]


def _request_body(route: Route) -> Schema:
    struct = route.body or route.form
    media_type = JSON if route.body is not None else FORM
    content: Schema = {"schema": refer(struct)}
    if struct in EXAMPLES:
        content["example"] = msgspec.to_builtins(EXAMPLES[struct])
    return {"required": True, "content": {media_type: content}}


def _answers(route: Route) -> dict[str, Schema]:
    answers = {str(route.status): _answer(route, route.status, route.answer)}
    for status, struct in route.otherwise.items():
        answers[str(status)] = _answer(route, status, struct)
    if route.method == "GET" and route.has_etag:
        answers["304"] = {
            "description": "The caller has it already.",
            "headers": _referred("X-Openstack-Request-Id", "ETag"),
        }
    return answers


def _answer(route: Route, status: int, struct: Any) -> Schema:
    names = ["X-Openstack-Request-Id"]
    names += ["Location"] if route.has_location and status in {201, 202, 303} else []
    names += ["ETag"] if route.has_etag else []
    answer: Schema = {
        "description": _described(struct),
        "headers": _referred(*names),
    }
    if struct is not None:
        answer["content"] = {kind: _content(kind, struct) for kind in route.media_types}
    return answer


def _described(struct: Any) -> str:
    if struct is None:
        return "Done; there is no body."
    return told(struct)[0] if is_struct(struct) else "The document."


def _content(media_type: str, struct: Any) -> Schema:
    if media_type != JSON:
        return {"schema": _TEXT if media_type.startswith("text/") else {}}
    if not is_struct(struct):
        return {"schema": {"type": "object"}}
    content: Schema = {"schema": refer(struct)}
    if struct in EXAMPLES:
        content["example"] = msgspec.to_builtins(EXAMPLES[struct])
    return content


def _refusals(route: Route) -> dict[str, Schema]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in refusals_of(route):
        by_status[CODES[code].status].append(code)
    return {str(status): _refusal(status, codes) for status, codes in by_status.items()}


def _refusal(status: int, codes: Iterable[str]) -> Schema:
    names = ["X-Openstack-Request-Id"]
    names += ["Retry-After"] if status in {429, 503} else []
    names += ["WWW-Authenticate"] if status == 401 else []
    return {
        "description": "\n".join(f"* `{PREFIX}{code}`: {CODES[code].title}." for code in codes),
        "headers": _referred(*names),
        "content": {
            JSON: {"schema": refer(Errors)},
            PROBLEM: {"schema": refer(ProblemDetail)},
        },
    }


def _referred(*names: str) -> dict[str, Schema]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
