# SPDX-License-Identifier: Apache-2.0
"""A Neutron that has everything one looks for, and remembers what it was asked to change."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from tests.fakes.fake_cloud import FakeCloud, Thing

from stackloom.resources import kinds_by_module
from stackloom.transport.client import Answer, Request

_KEYS = {
    kind.path.rpartition("/")[2]: (kind.plural, kind.wire_key)
    for module, kind in kinds_by_module().items()
    if module.startswith("network.") and kind.has_own_list
}


class EchoingNeutron(FakeCloud):
    """A Neutron that has everything one looks for: ``blue`` has the id ``blue-id``.

    Attributes:
        asked: what was asked to change something: method, path, body.
        conditions: the If-Match headers that came.
        queries: what lists were filtered by, in the order of arrival.
        has: fields that every object has besides id and name.
        lacks: last parts of paths at which there is nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, Thing]] = []
        self.conditions: list[str] = []
        self.queries: list[str] = []
        self.has: Thing = {}
        self.lacks: set[str] = set()

    async def send(self, request: Request) -> Answer:
        """Handle one request, and keep its condition."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "if-match" in headers:
            self.conditions.append(headers["if-match"])
        if query := urlsplit(request.url).query:
            self.queries.append(unquote(query))
        return await super().send(request)

    def _handle(
        self, method: str, path: list[str], query: dict[str, str], body: Thing
    ) -> tuple[int, Thing]:
        whole = "/".join(path)
        if method != "GET":
            self.asked.append((method, whole, body))
        if path[-1] in self.lacks:
            return 404, {"NeutronError": {"type": "NotFound", "message": "no such", "detail": ""}}
        if method == "DELETE":
            return 204, {}
        if path[-1] in _KEYS:
            plural, key = _KEYS[path[-1]]
            if method == "POST":
                return 201, {key: self._thing_of("new", body.get(key, {}))}
            name = query.get("name") or query.get("floating_ip_address") or "any"
            return 200, {plural: [self._thing_of(name, {})]}
        _, key = _KEYS.get(path[-2], ("", ""))
        return 200, {key: self._thing_of(path[-1], body.get(key, {}))} if key else {}

    def _thing_of(self, name: str, fields: Thing) -> Thing:
        ids = {"network_id": "n", "cidr": "c", "alias": name, "floating_ip_address": name}
        return {"id": f"{name}-id", "name": name, **ids, **self.has, **fields}
