# SPDX-License-Identifier: Apache-2.0
"""What goes out and what comes back, as text."""

from __future__ import annotations

from stackloom.transport.client import Answer, Request


def test_requests_and_answers_show_neither_headers_nor_body() -> None:
    """Tokens and passwords do not get into text by way of a request or an answer."""
    headers = {"X-Auth-Token": "secret"}
    request = Request(method="POST", url="http://cloud.test/v3", headers=headers, body=b"secret")
    answer = Answer(status=201, headers={"x-subject-token": "secret"}, body=b"secret")
    assert repr(request) == "Request(POST http://cloud.test/v3)"
    assert repr(answer) == "Answer(201, 6 bytes)"
