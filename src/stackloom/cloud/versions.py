# SPDX-License-Identifier: Apache-2.0
"""Which microversion to ask a service for: the highest that it and we both know.

The service's version document is read once and kept on disk beside the tokens, for a day: a newer
service only has more, and one that has gone back says 406, which makes us look again.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

_KEPT_SECONDS = 24 * 3600.0


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """The microversions that a service has; both are empty for a service without."""

    lowest: str = ""
    highest: str = ""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    offer: Offer
    read_at: float


class VersionBook:
    """What services offer, by the address of their API.

    Args:
        directory: where it is kept; None for only as long as this process.
        now: seconds since 1970.
    """

    def __init__(self, directory: Path | None = None, *, now: Callable[[], float] = time.time):
        self._file = directory / "versions.json" if directory else None
        self._now = now
        self._kept: dict[str, _Kept] | None = None

    def read(self, url: str) -> Offer | None:
        """Return what the API at *url* offered less than a day ago, or None."""
        kept = self._all().get(url)
        return kept.offer if kept and self._now() - kept.read_at < _KEPT_SECONDS else None

    def write(self, url: str, offer: Offer) -> None:
        """Keep an offer; a disk that is full or read-only costs speed, not the command."""
        self._all()[url] = _Kept(offer=offer, read_at=self._now())
        self._save()

    def forget(self, url: str) -> None:
        """Look again next time."""
        if self._all().pop(url, None):
            self._save()

    def _all(self) -> dict[str, _Kept]:
        if self._kept is None:
            self._kept = {}
            if self._file:
                with contextlib.suppress(OSError, msgspec.DecodeError):
                    content = self._file.read_bytes()
                    self._kept = msgspec.json.decode(content, type=dict[str, _Kept])
        return self._kept

    def _save(self) -> None:
        if not self._file:
            return
        import tempfile  # noqa: PLC0415 - 3 ms, for nothing where the versions are kept already

        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent)  # 0600 by itself
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(self._all()))
            Path(name).replace(self._file)


class _Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an API; the names differ by service, and empty means none."""

    id: str = ""
    version: str | None = ""
    max_version: str | None = ""
    min_version: str | None = ""


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    version: _Version | None = None
    versions: tuple[_Version, ...] = ()


def read_offer(content: bytes, major: str) -> Offer:
    """Read a version document about *major*, such as ``v2.1``; an odd one offers nothing.

    Shapes: ``{"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}`` (Nova),
    ``{"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}`` (Cinder),
    ``max_version`` in place of ``version`` (Placement, Ironic).

    Source: nova/api/openstack/compute/views/versions.py, 34.0.0; cinder/api/versions.py, 29.0.0.
    """
    try:
        document = msgspec.json.decode(content, type=_Document)
    except msgspec.DecodeError:
        return Offer()
    for each in (document.version, *document.versions):
        if each and _is_same(each.id, major):
            highest = each.max_version or each.version or ""
            return Offer(lowest=each.min_version or "", highest=highest)
    return Offer()


def agree(oldest: str, newest: str, offer: Offer) -> str:
    """Return the highest microversion in our range that the service has, "" if there is none.

    A service whose document says nothing is asked for the oldest that does.
    """
    if not offer.highest:
        return oldest
    agreed = min(newest, offer.highest, key=_number)
    lowest = max(oldest, offer.lowest or oldest, key=_number)
    return agreed if _number(agreed) >= _number(lowest) else ""


def _is_same(id: str, major: str) -> bool:
    """Tell whether ``v3.0`` is the version that paths call ``v3``."""
    return id == major or id.startswith(f"{major}.")


def _number(microversion: str) -> tuple[int, int]:
    major, _, minor = microversion.partition(".")
    return (int(major), int(minor)) if (major + minor).isdigit() else (0, 0)
