# SPDX-License-Identifier: Apache-2.0
"""Every service's way to refuse becomes the right error with the service's own words.

The bodies were taken from the services of release 2026.2, shortened.
"""

from __future__ import annotations

import pytest
from tests.fakes.transport import answer, raw_answer

from stackloom.errors import (
    AuthFailed,
    BadRequest,
    CloudError,
    Conflict,
    Forbidden,
    NotFound,
    OverQuota,
    RateLimited,
    ServerFault,
)
from stackloom.transport.client import Answer
from stackloom.transport.refusal import refusal, request_id, service_name

_URL = "http://cloud.test/v2.0/ports?fields=id"


def _refusal(refused: Answer, service: str = "network") -> CloudError:
    return refusal(refused, method="POST", url=_URL, service=service)


def _neutron(kind: str, message: str) -> object:
    return {"NeutronError": {"type": kind, "message": message, "detail": ""}}


def test_an_error_carries_all_that_is_known() -> None:
    """Method, url, status, the service's name for it and the request id go with the error."""
    error = _refusal(
        answer(
            409,
            _neutron("IpAddressInUse", "IP address 10.0.0.5 is in use."),
            X_OpenStack_Request_Id="req-1",
        )
    )
    assert type(error) is Conflict
    assert str(error) == (
        "Neutron answered POST /v2.0/ports with: IP address 10.0.0.5 is in use. (HTTP 409, req-1)"
    )
    assert (error.method, error.url, error.status) == ("POST", _URL, 409)
    assert (error.kind, error.request_id, error.hint) == ("IpAddressInUse", "req-1", "")
    assert error.service == "network"


@pytest.mark.parametrize(
    ("service", "status", "document", "leaf", "words"),
    [
        (
            "network",
            404,
            _neutron("NetworkNotFound", "Network x could not be found."),
            NotFound,
            "Neutron: Network x could not be found.",
        ),
        (
            "network",
            400,
            {"NeutronError": "The resource could not be found."},
            BadRequest,
            "Neutron: The resource could not be found.",
        ),
        (
            "compute",
            400,
            {"badRequest": {"code": 400, "message": "Can not find requested image"}},
            BadRequest,
            "Nova: Can not find requested image",
        ),
        (
            "compute",
            404,
            {"itemNotFound": {"code": 404, "message": "Instance x could not be found."}},
            NotFound,
            "Nova: Instance x could not be found.",
        ),
        (
            "compute",
            409,
            {"conflictingRequest": {"code": 409, "message": "in task_state deleting"}},
            Conflict,
            "Nova: in task_state deleting",
        ),
        (
            "identity",
            401,
            {"error": {"code": 401, "message": "Requires auth.", "title": "Unauthorized"}},
            AuthFailed,
            "Keystone: Requires auth.",
        ),
        (
            "image",
            403,
            {
                "message": "You are not allowed.<br /><br />\n\n\n",
                "code": "403 Forbidden",
                "title": "Forbidden",
            },
            Forbidden,
            "Glance: You are not allowed.",
        ),
        (
            "placement",
            409,
            {"errors": [{"status": 409, "title": "Conflict", "detail": "generation conflict"}]},
            Conflict,
            "Placement: generation conflict",
        ),
        (
            "placement",
            404,
            {"errors": [{"status": 404, "title": "Not Found", "detail": ""}]},
            NotFound,
            "Placement: Not Found",
        ),
        (
            "network",
            412,
            _neutron("RevisionNumberConstraintFailed", "Constrained to 1"),
            Conflict,
            "Neutron: Constrained to 1",
        ),
        ("compute", 501, {"notImplemented": {"message": "no"}}, ServerFault, "Nova: no"),
        ("block-storage", 422, {"e": {"message": "no"}}, BadRequest, "Cinder: no"),
    ],
)
def test_each_service_is_understood(
    service: str, status: int, document: object, leaf: type[CloudError], words: str
) -> None:
    """The JSON of each service gives its error class and its words."""
    error = _refusal(answer(status, document), service)
    assert type(error) is leaf
    assert error.message == words.replace(": ", " answered POST /v2.0/ports with: ", 1)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (409, "OverQuota", "No words that anybody knows"),
        (409, "", "Quota exceeded for resources: ['network']."),
        (403, "", "Quota exceeded for cores: Requested 1, but already used 20 of 20 cores"),
        (409, "", "Per-project subnet pool prefix quota exceeded."),
        (413, "", "Denying attempt to upload image because it exceeds the quota: 1"),
        (413, "", "Project p is over a limit for [Resource image_size_total]"),
        (403, "", "Maximum number of ports exceeded"),
        (413, "", "Requested volume or snapshot exceeds allowed gigabytes\nquota."),
    ],
)
def test_a_quota_is_known_by_its_words(status: int, kind: str, words: str) -> None:
    """Services refuse over quota with 403, 409 and 413; type or words tell."""
    error = _refusal(answer(status, {"fault": {"type": kind, "message": words}}))
    assert type(error) is OverQuota
    assert error.hint == "free something, or ask the operator for a larger quota"


@pytest.mark.parametrize(
    ("status", "words", "leaf"),
    [
        (403, "Policy doesn't allow os_compute_api:os-quota-sets:update", Forbidden),
        (403, "rule:update_quota is disallowed by policy", Forbidden),
        (409, "Quota exists for project p, resource cores", Conflict),
        (404, "Quota exceeded is only a name here", NotFound),
    ],
)
def test_the_word_quota_alone_is_no_quota(status: int, words: str, leaf: type[CloudError]) -> None:
    """Refusals that merely speak of quotas keep their class."""
    assert type(_refusal(answer(status, {"fault": {"message": words}}))) is leaf


@pytest.mark.parametrize(
    ("status", "leaf", "words", "hint"),
    [
        (300, BadRequest, "several versions to choose from", ""),
        (302, BadRequest, "no explanation", ""),
        (
            401,
            AuthFailed,
            "not authenticated",
            "check user, password and domain; the token may have been revoked",
        ),
        (403, Forbidden, "not allowed", "your role on this project does not allow it"),
        (404, NotFound, "not found", ""),
        (409, Conflict, "conflict", ""),
        (412, Conflict, "no explanation", "it was changed meanwhile; run the command again"),
        (413, BadRequest, "too large", ""),
        (429, RateLimited, "too many requests", "wait a moment and run the command again"),
        (500, ServerFault, "it failed", "the service's own log has more under this request id"),
    ],
)
def test_without_words_the_status_speaks(
    status: int, leaf: type[CloudError], words: str, hint: str
) -> None:
    """An answer without a body is told by its status, with what to do where that is known."""
    error = _refusal(answer(status))
    assert type(error) is leaf
    assert error.message == f"Neutron answered POST /v2.0/ports with: {words}"
    assert error.hint == hint


def test_a_proxys_page_becomes_one_line() -> None:
    """Of a page of HTML only what a person would read is told."""
    page = (
        b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title><style>p {color: red}</style>"
        b"</head>\n<body><h1>502 Bad&nbsp;Gateway</h1><!-- padding -->"
        b"<script>alert('x')</script><p>nginx &amp; friends</p></body></html>"
    )
    assert _refusal(raw_answer(502, page)).message == (
        "Neutron answered POST /v2.0/ports with: 502 Bad Gateway nginx & friends"
    )


def test_an_html_page_of_glance_keeps_its_explanation() -> None:
    """Glance answers some refusals as a page; what it explains is in the body."""
    page = (
        b"<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n"
        b"  <h1>404 Not Found</h1>\n  No image found with ID x<br /><br />\n\n\n </body>\n</html>"
    )
    error = _refusal(raw_answer(404, page), "image")
    assert error.message == (
        "Glance answered POST /v2.0/ports with: 404 Not Found No image found with ID x"
    )


def test_a_comparison_is_no_tag() -> None:
    """Angle brackets that are no tags stay in the message."""
    words = "mtu must be > 68 and < 9000"
    error = _refusal(answer(400, _neutron("InvalidInput", words)))
    assert error.message == f"Neutron answered POST /v2.0/ports with: {words}"


def test_a_very_long_explanation_is_cut() -> None:
    """Nobody reads more than a paragraph."""
    error = _refusal(raw_answer(500, b"x" * 5000))
    assert error.message == f"Neutron answered POST /v2.0/ports with: {'x' * 600} …"


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        5,
        {"error": None},
        {"error": []},
        {"error": 5},
        {"error": [7]},
        {"error": {"message": {"a": 1}, "type": None, "title": None, "detail": []}},
    ],
)
def test_json_of_no_known_shape_is_told_by_its_status(document: object) -> None:
    """Whatever stands in the body, the status is told and nothing breaks."""
    error = _refusal(answer(500, document))
    assert error.message == "Neutron answered POST /v2.0/ports with: it failed"
    assert error.kind == ""


def test_bytes_that_are_no_text_break_nothing() -> None:
    """A body in an unknown encoding is shown as well as can be."""
    error = _refusal(raw_answer(500, b"caf\xe9"))
    assert error.message == "Neutron answered POST /v2.0/ports with: caf\ufffd"


def test_nova_has_an_older_name_for_the_request_id() -> None:
    """The newer header counts first, then Nova's own; without both it is empty."""
    assert request_id({"x-openstack-request-id": "a", "x-compute-request-id": "b"}) == "a"
    assert request_id({"x-compute-request-id": "b"}) == "b"
    assert request_id({}) == ""


def test_services_go_by_their_projects_names() -> None:
    """People know Neutron, not network; unknown types keep their own name."""
    assert service_name("network") == "Neutron"
    assert service_name("dns") == "dns"
    assert service_name("") == "the service"
