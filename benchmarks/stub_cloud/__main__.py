# SPDX-License-Identifier: Apache-2.0
"""A stub OpenStack with latency, in a process of its own, for measuring clients and nothing else.

Keystone, Neutron, Nova and Glance as far as clients ask them when they weave networks, routers and
servers; every other list is empty. It keeps no promise of the real ones beyond that. Says where it
is in one line of JSON, and ends when its standard input does::

    python benchmarks/stub_cloud --latency 0.15 --build 2 --gone 2

Beside the API it answers at once: ``GET /stub/report`` (requests by method and path, CPU seconds
of this process), ``GET /stub/timeline``, ``POST /stub/reset`` (counts, and with ``{"empty": true}``
the cloud too) and ``POST /stub/settings`` (``{"latency": 0, "build": 0, "gone": 0}``).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys

import msgspec
from compute import Compute
from connection import Answer, Connection, Request
from identity import PROJECT_ID, Identity
from ledger import Ledger
from network import Network

_IMAGE = {
    "id": "1e000000-0000-4000-8000-000000000001",
    "name": "cirros",
    "status": "active",
    "visibility": "public",
    "owner": PROJECT_ID,
    "disk_format": "qcow2",
    "container_format": "bare",
    "size": 21430272,
    "min_disk": 0,
    "min_ram": 0,
    "tags": [],
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "protected": False,
    "checksum": "0" * 32,
    "os_hidden": False,
    "self": "",
}


class StubCloud:
    """All services behind one address."""

    def __init__(self, *, latency: float, build: float, gone: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._latency = latency
        self._build = build
        self._gone = gone
        self._ledger = Ledger()
        self.root = ""

    def start(self, root: str) -> None:
        """Begin empty at an address."""
        self.root = root
        self._identity = Identity(root)
        self._network = Network(root)
        self._compute = Compute(
            root,
            self._network,
            self._loop.call_later,
            build_seconds=self._build,
            gone_seconds=self._gone,
        )
        self._ledger.reset(self._loop.time())

    def connect(self) -> Connection:
        """Return what speaks with one client."""
        return Connection(self._delay, self._handle)

    def _delay(self, path: str) -> float:
        return 0.0 if path.startswith("/stub/") else self._latency

    def _handle(self, request: Request, arrived: float) -> Answer:
        _, service, *parts = request.path.split("/")
        if service == "stub":
            return self._control(request, parts)
        answer = self._of_service(request, service, parts)
        now = self._loop.time()
        self._ledger.note(
            method=request.method,
            path=request.path,
            arrived=arrived,
            answered=now,
            status=answer.status,
        )
        return answer

    def _of_service(self, request: Request, service: str, parts: list[str]) -> Answer:
        match service:
            case "identity":
                return self._identity.handle(request, parts)
            case "network":
                return self._network.handle(request, parts)
            case "compute":
                return self._compute.handle(request, parts)
            case "image":
                return self._image(request, parts)
            case "volume":
                return self._volume(parts)
        return Answer(status=404, document={"message": f"no service {service}"})

    def _image(self, request: Request, parts: list[str]) -> Answer:
        match parts:
            case []:
                links = [{"rel": "self", "href": f"{self.root}/image/v2/"}]
                version = {"id": "v2.17", "status": "CURRENT", "links": links}
                return Answer(status=300, document={"versions": [version]})
            case ["v2", "images"]:
                named = request.query.get("name", [_IMAGE["name"]])
                shown = request.query.get("visibility", ["public"])
                found = _IMAGE["name"] in named and shown[0] in {"public", "all"}
                return Answer(document={"images": [_IMAGE] if found else []})
            case ["v2", "images", id] if id == _IMAGE["id"]:
                return Answer(document=_IMAGE)
        return Answer(status=404, document={"message": "no such image"})

    def _volume(self, parts: list[str]) -> Answer:
        match [part for part in parts if part != PROJECT_ID]:
            case [] | ["v3"]:
                links = [{"rel": "self", "href": f"{self.root}/volume/v3/"}]
                versions = {"version": "3.71", "min_version": "3.0"}
                version = {"id": "v3.0", "status": "CURRENT", "links": links, **versions}
                return Answer(document={"versions": [version]})
            case ["v3", "limits"]:
                return Answer(document={"limits": {"rate": [], "absolute": {}}})
            case ["v3", plural] | ["v3", plural, "detail"]:
                return Answer(document={plural.replace("-", "_"): []})
        return Answer(status=404, document={"itemNotFound": {"code": 404, "message": "not here"}})

    def _control(self, request: Request, parts: list[str]) -> Answer:
        match request.method, parts:
            case "GET", ["report"]:
                return Answer(document=self._ledger.report())
            case "GET", ["timeline"]:
                return Answer(document=self._ledger.timeline)
            case "POST", ["reset"]:
                if request.body.get("empty"):
                    self.start(self.root)
                self._ledger.reset(self._loop.time())
                return Answer(document={})
            case "POST", ["settings"]:
                self._latency = float(str(request.body.get("latency", self._latency)))
                self._build = float(str(request.body.get("build", self._build)))
                self._gone = float(str(request.body.get("gone", self._gone)))
                self._compute.build_seconds = self._build
                self._compute.gone_seconds = self._gone
                return Answer(document={})
        return Answer(status=404, document={"message": "the stub knows no such control"})


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    cloud = StubCloud(latency=options.latency, build=options.build, gone=options.gone)
    server = await loop.create_server(cloud.connect, "127.0.0.1", options.port, backlog=512)
    cloud.start(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    sys.stdout.write(msgspec.json.encode({"url": cloud.root}).decode() + "\n")
    sys.stdout.flush()
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--latency", type=float, default=0.15, help="seconds each request waits")
    parser.add_argument("--build", type=float, default=2.0, help="seconds a server builds")
    parser.add_argument("--gone", type=float, default=2.0, help="seconds until a deleted one is")
    gc.disable()  # its pauses would be the client's
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
