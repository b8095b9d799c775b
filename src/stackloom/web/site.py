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
        """Say whether a form was sent from a page of this service.

        The host is compared and not the scheme: behind a proxy that does TLS we see another one.
        """
        ours = {visitor.host, urlsplit(self.public_url).netloc} - {""}
        return urlsplit(visitor.origin).netloc in ours
