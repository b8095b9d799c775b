# SPDX-License-Identifier: Apache-2.0
"""What the page knows of the service that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from stackloom.web.api import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One service.

    Attributes:
        keystone: where people log in with a name and a password; "" where the service prints one
            bearer that opens it.
        public_url: what the operator says that its addresses begin with; "" where nothing is said.
    """

    keystone: str = ""
    public_url: str = ""

    def is_ours(self, visitor: Visitor) -> bool:
        """Say whether a form was sent from a page of this service."""
        return is_from_here(visitor.origin, host=visitor.host, public_url=self.public_url)


def is_from_here(origin: str, *, host: str, public_url: str) -> bool:
    """Say whether a browser was on a page of the service when it sent something.

    The host is compared and not the scheme: behind a proxy that does TLS we see another one.

    Args:
        origin, host: the headers of these names; "" where they are not given.
        public_url: what the operator says that addresses begin with; "" where nothing is said.
    """
    try:
        came_from = urlsplit(origin).netloc
    except ValueError:  # what no browser sends, such as "http://["
        return False
    return came_from in {host, urlsplit(public_url).netloc} - {""}
