# SPDX-License-Identifier: Apache-2.0
"""The stub as the process that a benchmark starts, asks what it has seen, and stops."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


class StubProcess:
    """A stub for the length of a ``with``; all times are seconds."""

    def __init__(self, *, latency: float, build: float, gone: float) -> None:
        self.latency = latency
        self.build = build
        self.gone = gone

    def __enter__(self) -> Self:
        times = ["--latency", str(self.latency), "--build", str(self.build)]
        times += ["--gone", str(self.gone)]
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent), *times],
            env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = json.loads(self._process.stdout.readline())["url"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def environment(self) -> dict[str, str]:
        """Return what clients need to find it and to log in."""
        return {
            "OS_AUTH_URL": f"{self.url}/identity/v3",
            "OS_IDENTITY_API_VERSION": "3",
            "OS_USERNAME": "demo",
            "OS_PASSWORD": "any",
            "OS_PROJECT_NAME": "demo",
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": "RegionOne",
        }

    def reset(self, *, empty: bool = False) -> None:
        """Count from zero, and where *empty* forget every resource."""
        self._ask("POST", "/stub/reset", {"empty": empty})

    def add_networks(self, count: int) -> None:
        """Make that many more."""
        for begun in range(0, count, 1000):
            numbers = range(begun, min(begun + 1000, count))
            networks = [{"name": f"network-{number}"} for number in numbers]
            self._ask("POST", "/network/v2.0/networks", {"networks": networks})

    def set_times(self, *, latency: float, build: float, gone: float) -> None:
        """Answer like this from now on."""
        self._ask("POST", "/stub/settings", {"latency": latency, "build": build, "gone": gone})

    def report(self) -> dict[str, Any]:
        """Return requests in all and by path, and the stub's own CPU time, since the reset."""
        return dict(self._ask("GET", "/stub/report"))

    def timeline(self) -> list[tuple[float, float, int, str]]:
        """Return each request: arrived, answered (both since the reset), status, what it was."""
        return [(a, b, status, what) for a, b, status, what in self._ask("GET", "/stub/timeline")]

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc)
        connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = json.load(connection.getresponse())
        connection.close()
        return answer
