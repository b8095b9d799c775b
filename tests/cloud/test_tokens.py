# SPDX-License-Identifier: Apache-2.0
"""Keystone's threads keep tokens apart, and forget them when they are told to."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from tests.cloud.connecting import AS_IT_COMES, connect
from tests.cloud.inside import told_inside

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

# As many as there are threads, twice: each of them is asked.
_EACH_THREAD = 16
_TWO_THREADS = """
from concurrent.futures import ThreadPoolExecutor
from stackloom_cloud.programs import keystone
keystone.keep_tokens_apart()
from keystone.server.flask.request_processing.middleware import auth_context
middleware = auth_context.AuthContextMiddleware(app=None)
middleware.token = "mine"
def other():
    seen, middleware.token = middleware.token, "the other's"
    return seen
with ThreadPoolExecutor(1) as pool:
    seen = pool.submit(other).result()
print("mine", seen, middleware.token)
"""


class _Keystone:
    """A client without a memory: each request is a connection of its own."""

    def __init__(self, access: Access) -> None:
        self._address = urlsplit(access.auth_url).netloc

    def ask(self, token: str, method: str, path: str) -> int:
        """Send a request with the token and return the status."""
        connection = http.client.HTTPConnection(self._address, timeout=30)
        headers = {"X-Auth-Token": token}
        if path == "/v3/auth/tokens":
            headers["X-Subject-Token"] = token
        connection.request(method, path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status


def test_no_thread_sees_the_token_of_another(local_cloud: Access) -> None:
    """Keystone keeps that of a request in an object that all threads share."""
    assert told_inside(local_cloud, _TWO_THREADS) == "mine None mine\n"


def test_a_token_that_was_revoked_is_refused_by_every_thread(local_cloud: Access) -> None:
    """Also by those that have just seen that it is good."""
    keystone = _Keystone(local_cloud)
    for _ in range(5):
        with connect(local_cloud) as connection:
            token = str(connection.auth_token)
        for _ in range(_EACH_THREAD):
            assert keystone.ask(token, "GET", "/v3/auth/projects") == 200
        assert keystone.ask(token, "DELETE", "/v3/auth/tokens") == 204
        answers = {keystone.ask(token, "GET", "/v3/auth/projects") for _ in range(_EACH_THREAD)}
        assert answers == {401}
