# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped,misc,untyped-decorator"
"""A driver for trunk ports that does at once what an agent would do: bind sub-ports, say ACTIVE.

Neutron refuses to start its trunk plugin without a driver that fits (neutron/services/trunk/
plugin.py, ``check_driver_compatibility``, 29.0). As with OVN, a trunk is active as soon as it is
there, and may be made of a port that is bound (neutron/services/trunk/drivers/ovn/trunk_driver.py).
No frame is tagged.
"""

from __future__ import annotations

from typing import Any

from neutron.services.trunk.drivers import base
from neutron_lib import context as contexts
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events, registry, resources
from neutron_lib.plugins import directory
from neutron_lib.services.trunk import constants

_NAME = "stackloom_instant"
_PORTS_OWN = frozenset({"", constants.TRUNK_SUBPORT_OWNER})


class TrunkDriver(base.DriverBase):
    """Trunks for the ports that ``instant_bind`` binds."""

    @property
    def is_loaded(self) -> bool:
        """Be there."""
        return True

    @registry.receives(resources.TRUNK_PLUGIN, [events.AFTER_INIT])
    def register(self, resource: Any, event: Any, trigger: Any, payload: Any = None) -> None:
        """Make the plugin know the driver, and ask to be told of trunks."""
        super().register(resource, event, trigger, payload=payload)
        for kind, when, handle in (
            (resources.TRUNK, events.AFTER_CREATE, _on_trunk),
            (resources.TRUNK, events.AFTER_DELETE, _on_trunk_gone),
            (resources.SUBPORTS, events.AFTER_CREATE, _on_added),
            (resources.SUBPORTS, events.AFTER_DELETE, _on_removed),
            (resources.PORT, events.AFTER_UPDATE, _on_port),
        ):
            registry.subscribe(handle, kind, when)


def create() -> TrunkDriver:
    """Return the driver; it registers itself when the trunk plugin is there."""
    return TrunkDriver(
        _NAME,
        (portbindings.VIF_TYPE_OVS,),
        (constants.SEGMENTATION_TYPE_VLAN,),
        agent_type=None,
        can_trunk_bound_port=True,
    )


def _on_trunk(_resource: Any, _event: Any, _trigger: Any, payload: Any) -> None:
    _follow_parent(payload.states[0], payload.states[0].sub_ports)


def _on_added(_resource: Any, _event: Any, _trigger: Any, payload: Any) -> None:
    _follow_parent(payload.states[-1], payload.metadata["subports"])


def _on_trunk_gone(_resource: Any, _event: Any, _trigger: Any, payload: Any) -> None:
    _release(payload.states[0].sub_ports)


def _on_removed(_resource: Any, _event: Any, _trigger: Any, payload: Any) -> None:
    _release(payload.metadata["subports"])
    payload.states[-1].update(status=constants.TRUNK_ACTIVE_STATUS)


def _on_port(_resource: Any, _event: Any, trigger: Any, payload: Any) -> None:
    """Let the sub-ports go where their parent went."""
    before, after = payload.states[0], payload.latest_state
    details = after.get("trunk_details")
    if not details or before[portbindings.HOST_ID] == after[portbindings.HOST_ID]:
        return
    admin = contexts.get_admin_context()
    for each in details["sub_ports"]:
        _place(trigger, admin, each["port_id"], after[portbindings.HOST_ID])


def _follow_parent(trunk: Any, sub_ports: Any) -> None:
    """Bind sub-ports where their parent is, and call the trunk active."""
    plugin, admin = directory.get_plugin(), contexts.get_admin_context()
    host = plugin.get_port(admin, trunk.port_id)[portbindings.HOST_ID]
    for each in sub_ports:
        _place(plugin, admin, each.port_id, host)
    trunk.update(status=constants.TRUNK_ACTIVE_STATUS)


def _release(sub_ports: Any) -> None:
    """Unbind ports that belong to no trunk any more."""
    plugin, admin = directory.get_plugin(), contexts.get_admin_context()
    for each in sub_ports:
        _place(plugin, admin, each.port_id, "", owner="")


def _place(
    plugin: Any, admin: Any, port_id: str, host: str, owner: str = constants.TRUNK_SUBPORT_OWNER
) -> None:
    """Bind a port to a host, or to none; ports that something else owns are left alone."""
    if plugin.get_port(admin, port_id)["device_owner"] in _PORTS_OWN:
        change = {portbindings.HOST_ID: host, "device_owner": owner}
        plugin.update_port(admin, port_id, {"port": change})
