# SPDX-License-Identifier: Apache-2.0
"""What the root of a service says about its versions, in every shape that services use. Pure.

Links in such documents often have the wrong scheme or host behind a proxy, and Placement's is
empty; only their path counts, put on the address at which the service was reached
(keystoneauth1/discover.py, ``_combine_relative_url``, 5.18).
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import msgspec


class ApiVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an API; microversions are empty where it has none."""

    id: str
    status: str
    url: str
    lowest: str = ""
    highest: str = ""


class _Link(msgspec.Struct):
    rel: str = ""
    href: str = ""


class _Version(msgspec.Struct):
    id: str = ""
    status: str = ""
    links: tuple[_Link, ...] = ()
    version: str | None = ""
    max_version: str | None = ""
    min_version: str | None = ""


class _Values(msgspec.Struct):
    values: tuple[_Version, ...] = ()


class _Root(msgspec.Struct):
    versions: tuple[_Version, ...] | _Values = ()
    version: _Version | None = None


def read_versions(content: bytes, root: str) -> list[ApiVersion]:
    """Return the versions that a document names, the newest first; none where it is no such one.

    Shapes: ``{"versions": [...]}`` (Nova, Glance, Neutron, Cinder, Placement),
    ``{"versions": {"values": [...]}}`` (Keystone), ``{"version": {...}}`` (below a version).

    Args:
        root: the address that was asked.
    """
    try:
        document = msgspec.json.decode(content, type=_Root)
    except msgspec.DecodeError:
        return []
    several = document.versions
    versions = several.values if isinstance(several, _Values) else several
    if document.version:
        versions = (*versions, document.version)
    found = [
        ApiVersion(
            id=each.id,
            status=each.status.upper(),
            url=_address(each, root),
            lowest=each.min_version or "",
            highest=each.max_version or each.version or "",
        )
        for each in versions
        if each.id
    ]
    return sorted(found, key=lambda each: _number(each.id), reverse=True)


def _address(version: _Version, root: str) -> str:
    """Put the path of its own link on the server that was asked."""
    link = next((each.href for each in version.links if each.rel == "self"), "")
    asked = urlsplit(root)
    path = urlsplit(link).path
    if not path:
        return root
    prefix = asked.path.rstrip("/")
    if not path.startswith(f"{prefix}/"):
        path = f"{prefix}{path}"  # a proxy has put a prefix before it that the service lacks
    return urlunsplit((asked.scheme, asked.netloc, path, "", ""))


def _number(id: str) -> tuple[int, ...]:
    return tuple(int(part) for part in id.lstrip("v").split(".") if part.isdigit())
