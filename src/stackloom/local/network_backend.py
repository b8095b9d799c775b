# SPDX-License-Identifier: Apache-2.0
"""What stands behind Neutron: here nothing that carries packets.

The one place to change for another back end, such as OVN; pure data. The mechanism driver itself is
``runtime/stackloom_cloud/instant_bind.py``.
"""

from __future__ import annotations

from stackloom.local.service import Configuration

# Those that need no agent and no driver of their own. Neutron adds auto_allocate, flavors,
# network_ip_availability, revisions, tag and timestamp by itself (neutron/plugins/common/
# constants.py, DEFAULT_SERVICE_PLUGINS, 29.0).
_SERVICE_PLUGINS = (
    "router",
    "qos",
    "port_forwarding",
    "trunk",
    "segments",
    "conntrack_helper",
    "ndp_proxy",
    "local_ip",
    "metering",
)

_EXTENSION_DRIVERS = (
    "port_security",
    "qos",
    # All of DNS: a second one beside it would write each record twice.
    "subnet_dns_publish_fixed_ip",
    "uplink_status_propagation",
    "data_plane_status",
    "port_device_profile",
    "port_numa_affinity_policy",
    "port_hints",
    "tag_ports_during_bulk_creation",
)

ML2: Configuration = {
    "ml2": {
        "mechanism_drivers": "stackloom_instant",
        "type_drivers": "flat,vlan,vxlan,geneve,local",
        "tenant_network_types": "geneve",
        "extension_drivers": ",".join(_EXTENSION_DRIVERS),
        "overlay_ip_version": 4,
    },
    "ml2_type_flat": {"flat_networks": "*"},
    "ml2_type_vlan": {"network_vlan_ranges": "physical:100:999"},
    "ml2_type_vxlan": {"vni_ranges": "1:1000"},
    # One row in the database for each, compared at every start: enough, not all.
    "ml2_type_geneve": {"vni_ranges": "1:12000", "max_header_size": 38},
    "securitygroup": {"enable_security_group": True},
}

SERVICE_PLUGINS = ",".join(_SERVICE_PLUGINS)
