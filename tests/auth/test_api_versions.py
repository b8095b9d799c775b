# SPDX-License-Identifier: Apache-2.0
"""Version documents in every shape, with links that lead astray."""

from __future__ import annotations

import msgspec
import pytest

from stackloom.auth.api_versions import ApiVersion, read_versions


def _links(href: str) -> list[dict[str, str]]:
    return [{"rel": "describedby", "href": "http://docs"}, {"rel": "self", "href": href}]


@pytest.mark.parametrize(
    ("document", "root", "versions"),
    [
        (
            {
                "versions": [
                    {
                        "id": "v2.0",
                        "status": "SUPPORTED",
                        "version": "",
                        "min_version": "",
                        "links": _links("http://a:8774/v2/"),
                    },
                    {
                        "id": "v2.1",
                        "status": "CURRENT",
                        "version": "2.104",
                        "min_version": "2.1",
                        "links": _links("http://a:8774/v2.1/"),
                    },
                ]
            },
            "http://a:8774",
            [
                ApiVersion(
                    id="v2.1",
                    status="CURRENT",
                    url="http://a:8774/v2.1/",
                    lowest="2.1",
                    highest="2.104",
                ),
                ApiVersion(id="v2.0", status="SUPPORTED", url="http://a:8774/v2/"),
            ],
        ),
        (
            {
                "versions": {
                    "values": [{"id": "v3.14", "status": "stable", "links": _links("http://x/v3")}]
                }
            },
            "https://a/identity",
            [ApiVersion(id="v3.14", status="STABLE", url="https://a/identity/v3")],
        ),
        (
            {
                "version": {
                    "id": "v3.0",
                    "status": "CURRENT",
                    "links": _links("http://in:1/vol/v3/"),
                }
            },
            "https://a/vol",
            [ApiVersion(id="v3.0", status="CURRENT", url="https://a/vol/v3/")],
        ),
        (
            {
                "versions": [
                    {
                        "id": "v1.0",
                        "max_version": "1.39",
                        "min_version": "1.0",
                        "status": "CURRENT",
                        "links": _links(""),
                    }
                ]
            },
            "https://a/placement",
            [
                ApiVersion(
                    id="v1.0",
                    status="CURRENT",
                    url="https://a/placement",
                    lowest="1.0",
                    highest="1.39",
                )
            ],
        ),
        ({"versions": []}, "http://a", []),
        ({"versions": [{"status": "CURRENT"}]}, "http://a", []),
        ({"hello": "world"}, "http://a", []),
        ([], "http://a", []),
    ],
    ids=["nova", "keystone", "cinder", "placement", "empty", "nameless", "other", "list"],
)
def test_versions_are_read(document: object, root: str, versions: list[ApiVersion]) -> None:
    """The newest first; addresses on the server that was asked, with its prefix."""
    assert read_versions(msgspec.json.encode(document), root) == versions


def test_what_is_no_json_has_no_versions() -> None:
    """A proxy's page, for example."""
    assert read_versions(b"<html>", "http://a") == []
