# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc"
"""Neutron's word to Placement and Nova about routed networks, where there is something to say.

For each network that is deleted Neutron asks Placement four times to forget segments of which it
has never heard (neutron/services/segments/plugin.py, ``NovaSegmentNotifier``, 29.0).
"""

from __future__ import annotations

from typing import Any

from neutron.db import models_v2
from neutron.services.segments import plugin
from neutron_lib import context as contexts
from neutron_lib.db import api as database


class SegmentNotifier(plugin.NovaSegmentNotifier):
    """Tells of segments that have subnets; forgets only those that it has told of."""

    def __init__(self) -> None:
        super().__init__()
        admin = contexts.get_admin_context()
        with database.CONTEXT_READER.using(admin):
            column = models_v2.Subnet.segment_id
            rows = admin.session.query(column).filter(column.isnot(None)).distinct().all()
        self._told_of: set[str] = {id for (id,) in rows}

    def _create_or_update_nova_inventory(self, event: Any) -> None:
        self._told_of.add(event.segment_id)
        super()._create_or_update_nova_inventory(event)

    def _delete_nova_inventory(self, event: Any) -> None:
        if event.segment_id in self._told_of:
            self._told_of.discard(event.segment_id)
            super()._delete_nova_inventory(event)


def install() -> None:
    """Take the place of Neutron's own."""
    plugin.NovaSegmentNotifier = SegmentNotifier
