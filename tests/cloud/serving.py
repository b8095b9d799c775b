# SPDX-License-Identifier: Apache-2.0
"""The service as a person starts it, at the run's local cloud, and a token for it."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
from tests.service.machine.served import started

# What is under way when it ends comes to a safe point first.
_END_SECONDS = 60


@contextmanager
def service_at(auth_url: str, folder: Path, *more: str) -> Iterator[str]:
    """Start ``stackloom serve`` with its state below *folder*; gives its address.

    Args:
        more: further words of the command.
    """
    variables = {"STACKLOOM_IDENTITY_AUTH_URL": auth_url}
    with started(folder, "serve", "--listen", "127.0.0.1:0", *more, **variables) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http"), (folder / "log").read_text()
        try:
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(_END_SECONDS)


def token_of(environment: Mapping[str, str]) -> str:
    """Return a token that Keystone gives for the password in ``OS_*`` variables."""
    domain = {"name": environment["OS_USER_DOMAIN_NAME"]}
    user = {
        "name": environment["OS_USERNAME"],
        "password": environment["OS_PASSWORD"],
        "domain": domain,
    }
    project = {
        "name": environment["OS_PROJECT_NAME"],
        "domain": {"name": environment["OS_PROJECT_DOMAIN_NAME"]},
    }
    body = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": project},
        }
    }
    answer = httpx2.post(f"{environment['OS_AUTH_URL']}/auth/tokens", json=body, timeout=60)
    assert answer.status_code == 201, answer.text
    token: str = answer.headers["x-subject-token"]
    return token
