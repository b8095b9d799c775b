# SPDX-License-Identifier: Apache-2.0
"""The mark: what every resource that stackloom makes carries from the first moment it exists.

It stands in ``description`` (Neutron, settable in the POST, unlike tags) or in ``metadata`` (Nova),
as ``stackloom://two-networks/router.hub``, after the person's own description if there is one. From
the marks alone a scenario is found again; what carries none was not made here and is never touched.
"""

from __future__ import annotations

import re

import msgspec

_MARK = re.compile(r"stackloom://(?P<scenario>[^/\s]+)/(?P<kind>[a-z_]+)\.(?P<name>\S+)")
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"


class Address(msgspec.Struct, frozen=True, order=True):
    """What a resource is called inside its scenario: ``kind.name``, such as ``router.hub``."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.name}"

    @classmethod
    def read(cls, text: str) -> Address:
        """Return what ``str()`` wrote; a name may have dots."""
        kind, _, name = text.partition(".")
        return cls(kind, name)


class Mark(msgspec.Struct, frozen=True, order=True):
    """Scenario and address of a resource."""

    scenario: str
    address: Address

    def __str__(self) -> str:
        return f"stackloom://{self.scenario}/{self.address}"

    def beside(self, description: str) -> str:
        """Return a description that holds the person's own words and the mark."""
        return f"{description} {self}" if description else str(self)


def read_mark(text: str | None) -> Mark | None:
    """Return the mark inside *text*, if there is one; of several the last, for ours is appended."""
    found = None
    for found in _MARK.finditer(text or ""):  # noqa: B007 - the last is wanted
        pass
    if found is None:
        return None
    return Mark(found["scenario"], Address(found["kind"], found["name"]))


def facet_mark(text: str | None, *, owner: str, kind: str) -> Mark | None:
    """Return the mark of a side of something whose own mark stands in *text*.

    Args:
        owner: the kind of that something; a mark of any other is none.
        kind: that of the side, which goes by its owner's name.
    """
    mark = read_mark(text)
    if mark is None or mark.address.kind != owner:
        return None
    return Mark(mark.scenario, Address(kind, mark.address.name))


def without_mark(text: str | None) -> str:
    """Return the person's own words of a description."""
    return _MARK.sub("", text or "").strip()
