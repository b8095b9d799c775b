# SPDX-License-Identifier: Apache-2.0
"""What a scenario asks of an attachment; in a file of its own for the kinds on both sides of it."""

from __future__ import annotations

from stackloom.cloud.kind import Spec
from stackloom.cloud.mark import Address


class ServerVolumeSpec(Spec, frozen=True, kw_only=True):
    """A volume that is attached to a server; implied by the server's ``volumes``."""

    server: str
    volume: str

    @property
    def address(self) -> Address:
        """``server_volume.web.data``: it needs no name of its own."""
        return Address("server_volume", f"{self.server}.{self.volume}")
