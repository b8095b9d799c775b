# SPDX-License-Identifier: Apache-2.0
"""The stub's Keystone: one user, one project, one catalog. Passwords are not looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connection import Answer, Request

PROJECT_ID = "1a" * 16
USER_ID = "2b" * 16
_DOMAIN = {"id": "default", "name": "Default"}
_PROJECT = {"id": PROJECT_ID, "name": "demo", "domain": _DOMAIN}
_USER = {"id": USER_ID, "name": "demo", "domain": _DOMAIN}
# {type: path below the stub's address}
_SERVICES = {
    "identity": "/identity",
    "network": "/network",
    "compute": "/compute/v2.1",
    "image": "/image",
    "volumev3": f"/volume/v3/{PROJECT_ID}",
}


class Identity:
    """Answers what begins with ``/identity``."""

    def __init__(self, root: str) -> None:
        self._root = root

    def handle(self, request: Request, parts: list[str]) -> Answer:
        """Answer *request*; *parts* is its path after ``/identity``."""
        match request.method, parts:
            case "GET", []:
                return Answer(status=300, document={"versions": {"values": [self._version()]}})
            case "GET", ["v3"]:
                return Answer(document={"version": self._version()})
            case "POST", ["v3", "auth", "tokens"]:
                headers = {"X-Subject-Token": "stub-token"}
                return Answer(status=201, document={"token": self._token()}, headers=headers)
            case "GET", ["v3", "auth", "tokens"]:
                return Answer(document={"token": self._token()})
            case "GET", ["v3", "projects"] | ["v3", "auth", "projects"]:
                return Answer(document={"projects": [_PROJECT], "links": {"next": None}})
            case "GET", ["v3", "projects", _]:
                return Answer(document={"project": _PROJECT})
            case "GET", ["v3", plural]:
                return Answer(document={plural: [], "links": {"next": None}})
        return Answer(status=404, document={"error": {"code": 404, "message": "not here"}})

    def _version(self) -> dict[str, object]:
        links = [{"rel": "self", "href": f"{self._root}/identity/v3/"}]
        return {"id": "v3.14", "status": "stable", "links": links, "media-types": []}

    def _token(self) -> dict[str, object]:
        now = datetime.now(UTC)
        catalog = [
            {
                "type": type,
                "name": type,
                "id": f"{index:032x}",
                "endpoints": [
                    {
                        "id": f"{index:032x}",
                        "interface": interface,
                        "region": "RegionOne",
                        "region_id": "RegionOne",
                        "url": f"{self._root}{path}",
                    }
                    for interface in ("public", "internal", "admin")
                ],
            }
            for index, (type, path) in enumerate(_SERVICES.items())
        ]
        return {
            "methods": ["password"],
            "user": _USER,
            "project": _PROJECT,
            "roles": [{"id": "3c" * 16, "name": "member"}],
            "issued_at": now.isoformat().replace("+00:00", "Z"),
            "expires_at": (now + timedelta(hours=8)).isoformat().replace("+00:00", "Z"),
            "catalog": catalog,
        }
