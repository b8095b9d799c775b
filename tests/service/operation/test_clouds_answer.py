# SPDX-License-Identifier: Apache-2.0
"""A cloud that fails is told as one that fails; what is about the caller is told as it is."""

from __future__ import annotations

import pytest

from stackloom.errors import (
    AuthFailed,
    BadAnswer,
    BadRequest,
    CloudError,
    Forbidden,
    NoEndpoint,
    NotFound,
    RateLimited,
    ServerFault,
    Unreachable,
)
from stackloom.service.operation import clouds_answer
from stackloom.service.refusal import Refused


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unreachable("nobody there"), "cloud.unreachable"),
        (ServerFault("no answer"), "cloud.unreachable"),
        (ServerFault("broken", status=500), "cloud.failed"),
        (BadAnswer("a page", status=200), "cloud.failed"),
        (NoEndpoint("no such service"), "cloud.failed"),
        (NotFound("not there", status=404), "cloud.failed"),
        (AuthFailed("not believed", status=401), "cloud.failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{type(value).__name__}",
)
def test_what_is_about_the_cloud(error: CloudError, code: str) -> None:
    """Is a refusal of the service's own."""
    with pytest.raises(Refused) as caught, clouds_answer.told():
        raise error
    assert caught.value.code == code


def test_a_refusal_says_what_finds_it_in_the_clouds_logs() -> None:
    """And what to do next."""
    error = ServerFault("broken", status=500, request_id="req-7", hint="wait")
    with pytest.raises(Refused) as caught, clouds_answer.told():
        raise error
    assert (caught.value.message, caught.value.hint) == ("broken (HTTP 500, req-7)", "wait")
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [BadRequest, Forbidden, RateLimited])
def test_what_is_about_the_caller(kind: type[CloudError]) -> None:
    """Is passed on."""
    with pytest.raises(kind), clouds_answer.told():
        raise kind("no")
