# SPDX-License-Identifier: Apache-2.0
"""The lives of Neutron's kinds, and the ground that they stand on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from openstack.resource import Resource
from tests.cloud.command_line import done
from tests.cloud.life import Ground, Life

from stackloom.cloud.cloud import Cloud
from stackloom.local.access import Access
from stackloom.testing.cloud import OpenStackCloud


@contextmanager
def ground(openstack_cloud: OpenStackCloud) -> Iterator[Ground]:
    """Lay a network with a subnet, ports on it, a router to the outside and more.

    Through the command line; what cannot be taken away afterwards fails the tests.
    """
    access = openstack_cloud.access
    before = _counts(access)

    def made(*words: str, user: str = "demo") -> str:
        return str(json.loads(done(access, *words, "-f", "json", user=user))["id"])

    ids = {"network": made("network", "create", "nk-net")}
    ids["subnet"] = made(
        *("subnet", "create", "nk-subnet", "--network", "nk-net", "--subnet-range", "10.81.0.0/24")
    )
    for name in ("one", "two", "three"):
        ids[name] = made("port", "create", f"nk-{name}", "--network", "nk-net")
    ids["ip"] = json.loads(done(access, "port", "show", "nk-one", "-f", "json"))["fixed_ips"][0][
        "ip_address"
    ]
    ids["group"] = made("security", "group", "create", "nk-group")
    ids["scope"] = made("address", "scope", "create", "nk-scope")
    ids["router"] = made("router", "create", "nk-router", "--external-gateway", "public")
    done(access, "router", "add", "subnet", "nk-router", "nk-subnet")
    ids["public"] = json.loads(done(access, "network", "show", "public", "-f", "json"))["id"]
    ids["floating_ip"] = made("floating", "ip", "create", "public")
    ids["project"] = openstack_cloud.run(_own_project)
    ids["policy"] = made("network", "qos", "policy", "create", "nk-policy", user="admin")
    yield Ground(ids=ids)
    done(access, "network", "qos", "policy", "delete", "nk-policy", user="admin")
    done(access, "floating", "ip", "delete", ids["floating_ip"])
    done(access, "router", "remove", "subnet", "nk-router", "nk-subnet")
    done(access, "router", "delete", "nk-router")
    done(access, "address", "scope", "delete", "nk-scope")
    done(access, "port", "delete", "nk-one", "nk-two", "nk-three")
    done(access, "security", "group", "delete", "nk-group")
    done(access, "network", "delete", "nk-net")
    assert _counts(access) == before


async def _own_project(cloud: Cloud) -> str:
    return (await cloud.token()).project_id


def _counts(access: Access) -> dict[str, int]:
    """Count what the tests could leave behind."""
    nouns = ["network", "subnet", "port", "router", "floating ip", "subnet pool", "network trunk"]
    nouns += ["security group", "address group", "address scope", "network rbac"]
    listed = {noun: done(access, *noun.split(), "list", "-f", "json") for noun in nouns}
    return {noun: len(json.loads(text)) for noun, text in listed.items()}


def _rule_getter(rule_type: str) -> Callable[[Any, Mapping[str, str], str], Resource]:
    """Return how openstacksdk gets a rule of this type."""
    name = f"get_qos_{rule_type.replace('-', '_')}_rule"

    def get(sdk: Any, ids: Mapping[str, str], key: str) -> Resource:
        rule: Resource = getattr(sdk, name)(key, ids["policy"])
        return rule

    return get


LIVES = (
    Life(
        module="network.network",
        noun="network",
        new={"name": "nk-a", "mtu": 1400},
        change={"description": "words"},
        create="nk-a --mtu 1400 --description words --disable --tag x --tag y",
        set="--enable --mtu 1300 --no-tag --tag z",
        told={"mtu": 1300, "admin_state_up": True, "tags": ["z"]},
        unset="--all-tag",
        unset_told={"tags": []},
        theirs=lambda sdk, _ids, key: sdk.get_network(key),
    ),
    Life(
        module="network.subnet",
        noun="subnet",
        new={
            "name": "nk-a",
            "network_id": "{network}",
            "ip_version": 6,
            "cidr": "fd00:81::/64",
            "ipv6_ra_mode": "slaac",
            "ipv6_address_mode": "slaac",
        },
        change={"gateway_ip": None},
        create="nk-a --network nk-net --subnet-range 10.82.0.0/24 --gateway 10.82.0.254 --no-dhcp"
        " --allocation-pool start=10.82.0.10,end=10.82.0.20 --dns-nameserver 9.9.9.9"
        " --host-route destination=10.90.0.0/16,gateway=10.82.0.9",
        set="--name nk-b --dhcp --gateway none --dns-nameserver 1.1.1.1"
        " --allocation-pool start=10.82.0.30,end=10.82.0.40 --tag a"
        " --host-route destination=10.91.0.0/16,gateway=10.82.0.9",
        told={
            "name": "nk-b",
            "enable_dhcp": True,
            "gateway_ip": None,
            "dns_nameservers": ["9.9.9.9", "1.1.1.1"],
            "allocation_pools": [
                {"start": "10.82.0.10", "end": "10.82.0.20"},
                {"start": "10.82.0.30", "end": "10.82.0.40"},
            ],
            "tags": ["a"],
        },
        unset="--dns-nameserver 9.9.9.9 --tag a"
        " --host-route destination=10.90.0.0/16,gateway=10.82.0.9"
        " --allocation-pool start=10.82.0.10,end=10.82.0.20",
        unset_told={
            "dns_nameservers": ["1.1.1.1"],
            "host_routes": [{"destination": "10.91.0.0/16", "nexthop": "10.82.0.9"}],
            "allocation_pools": [{"start": "10.82.0.30", "end": "10.82.0.40"}],
            "tags": [],
        },
        theirs=lambda sdk, _ids, key: sdk.get_subnet(key),
    ),
    Life(
        module="network.subnet_pool",
        noun="subnet pool",
        new={"name": "nk-a", "prefixes": ["10.83.0.0/16"], "default_prefixlen": 24},
        change={"prefixes": ["10.83.0.0/16", "10.84.0.0/16"]},
        create="nk-a --pool-prefix 10.83.0.0/16 --default-prefix-length 26 --min-prefix-length 20"
        " --address-scope nk-scope --tag a",
        set="--default-prefix-length 28 --no-address-scope --pool-prefix 10.82.0.0/16",
        told={
            "default_prefixlen": 28,
            "address_scope_id": None,
            "prefixes": ["10.82.0.0/15"],
        },
        unset="--tag a",
        unset_told={"tags": []},
        theirs=lambda sdk, _ids, key: sdk.get_subnet_pool(key),
    ),
    Life(
        module="network.address_scope",
        noun="address scope",
        new={"name": "nk-a", "ip_version": 6},
        change={"name": "nk-b"},
        create="nk-a --ip-version 6",
        set="--name nk-b",
        told={"name": "nk-b", "ip_version": 6},
        theirs=lambda sdk, _ids, key: sdk.get_address_scope(key),
    ),
    Life(
        module="network.address_group",
        noun="address group",
        new={"name": "nk-a", "addresses": ["10.0.0.0/24"]},
        change={"description": "words"},
        create="nk-a --address 10.0.0.0/24 --address 10.1.0.1",
        set="--description words --address 10.2.0.0/16",
        told={
            "description": "words",
            "addresses": ["10.0.0.0/24", "10.1.0.1/32", "10.2.0.0/16"],
        },
        unset="--address 10.0.0.0/24 --address 10.1.0.1/32",
        unset_told={"addresses": ["10.2.0.0/16"]},
        theirs=lambda sdk, _ids, key: sdk.get_address_group(key),
    ),
    Life(
        module="network.port",
        noun="port",
        new={
            "name": "nk-a",
            "network_id": "{network}",
            "fixed_ips": [{"subnet_id": "{subnet}", "ip_address": "10.81.0.80"}],
            "security_groups": ["{group}"],
        },
        change={"security_groups": [], "port_security_enabled": False},
        create="nk-a --network nk-net --fixed-ip subnet=nk-subnet,ip-address=10.81.0.90"
        " --security-group nk-group --allowed-address ip-address=10.99.0.0/24 --tag a"
        " --mac-address fa:16:3e:00:81:01 --extra-dhcp-option name=mtu,value=1400,ip-version=4"
        " --vnic-type normal --device-owner mine:own",
        set="--fixed-ip subnet=nk-subnet,ip-address=10.81.0.91 --disable"
        " --allowed-address ip-address=10.98.0.0/24 --device some",
        told={
            "fixed_ips": [
                {"subnet_id": "{subnet}", "ip_address": "10.81.0.90"},
                {"subnet_id": "{subnet}", "ip_address": "10.81.0.91"},
            ],
            "admin_state_up": False,
            "device_id": "some",
            "device_owner": "mine:own",
            "security_groups": ["{group}"],
            "extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}],
            "tags": ["a"],
        },
        unset="--fixed-ip subnet=nk-subnet,ip-address=10.81.0.90 --security-group nk-group"
        " --allowed-address ip-address=10.98.0.0/24 --device --device-owner --all-tag",
        unset_told={
            "fixed_ips": [{"subnet_id": "{subnet}", "ip_address": "10.81.0.91"}],
            "security_groups": [],
            "device_id": "",
            "device_owner": "",
            "tags": [],
        },
        theirs=lambda sdk, _ids, key: sdk.get_port(key),
    ),
    Life(
        module="network.router",
        noun="router",
        new={"name": "nk-a", "external_gateway_info": {"network_id": "{public}"}},
        change={"admin_state_up": False, "external_gateway_info": None},
        create="nk-a --disable --external-gateway public --tag a",
        set="--enable --description words",
        told={"admin_state_up": True, "description": "words", "tags": ["a"]},
        unset="--external-gateway --tag a",
        unset_told={"external_gateway_info": None, "tags": []},
        theirs=lambda sdk, _ids, key: sdk.get_router(key),
    ),
    Life(
        module="network.security_group",
        noun="security group",
        new={"name": "nk-a", "stateful": False},
        change={"name": "nk-b"},
        create="nk-a --description words --stateless",
        set="--stateful --tag a --name nk-b",
        told={"stateful": True, "name": "nk-b", "tags": ["a"]},
        unset="--tag a",
        unset_told={"tags": []},
        theirs=lambda sdk, _ids, key: sdk.get_security_group(key),
    ),
    Life(
        module="network.security_group_rule",
        noun="security group rule",
        new={
            "security_group_id": "{group}",
            "direction": "egress",
            "protocol": "tcp",
            "port_range_min": 80,
            "port_range_max": 80,
        },
        change={},
        create="nk-group --protocol udp --dst-port 137:139 --remote-group nk-group",
        set="",
        told={
            "direction": "ingress",
            "ethertype": "IPv4",
            "protocol": "udp",
            "port_range_min": 137,
            "port_range_max": 139,
            "remote_group_id": "{group}",
        },
        theirs=lambda sdk, _ids, key: sdk.get_security_group_rule(key),
    ),
    Life(
        module="network.floating_ip",
        noun="floating ip",
        new={"floating_network_id": "{public}"},
        change={"port_id": "{two}"},
        create="public --description words --tag a",
        set="--port nk-one --no-tag --tag b",
        told={"port_id": "{one}", "fixed_ip_address": "{ip}", "tags": ["b"]},
        unset="--port --all-tag",
        unset_told={"port_id": None, "fixed_ip_address": None, "tags": []},
        theirs=lambda sdk, _ids, key: sdk.get_ip(key),
    ),
    Life(
        module="network.port_forwarding",
        noun="floating ip port forwarding",
        parent="floating_ip",
        command_parent="{floating_ip}",
        new={
            "protocol": "tcp",
            "internal_port_id": "{one}",
            "internal_ip_address": "{ip}",
            "internal_port": 80,
            "external_port": 8080,
        },
        change={"external_port": 8081},
        create="--protocol udp --port nk-one --internal-ip-address {ip}"
        " --internal-protocol-port 53 --external-protocol-port 5353 --description words",
        set="--external-protocol-port 5354",
        told={"external_port": 5354, "internal_port": 53, "description": "words"},
        theirs=lambda sdk, ids, key: sdk.get_floating_ip_port_forwarding(ids["floating_ip"], key),
    ),
    Life(
        module="network.trunk",
        noun="network trunk",
        new={"name": "nk-a", "port_id": "{two}"},
        change={"description": "words"},
        create="nk-a --parent-port nk-two --description words"
        " --subport port=nk-three,segmentation-type=vlan,segmentation-id=7",
        set="--name nk-b --description others",
        told={
            "name": "nk-b",
            "description": "others",
            "sub_ports": [
                {"port_id": "{three}", "segmentation_type": "vlan", "segmentation_id": 7}
            ],
        },
        unset="--subport nk-three",
        unset_told={"sub_ports": []},
        theirs=lambda sdk, _ids, key: sdk.get_trunk(key),
    ),
    Life(
        module="network.qos_policy",
        noun="network qos policy",
        user="admin",
        new={"name": "nk-a"},
        change={"description": "words"},
        create="nk-a --description words",
        set="--share --name nk-b",
        told={"shared": True, "name": "nk-b"},
        theirs=lambda sdk, _ids, key: sdk.get_qos_policy(key),
    ),
    Life(
        module="network.rbac_policy",
        noun="network rbac",
        new={
            "object_type": "security_group",
            "object_id": "{group}",
            "action": "access_as_shared",
            "target_tenant": "{project}",
        },
        change={"target_tenant": "{group}"},
        create="nk-group --type security_group --action access_as_shared --target-project demo",
        set="",
        told={"object_id": "{group}", "target_tenant": "{project}"},
        theirs=lambda sdk, _ids, key: sdk.get_rbac_policy(key),
    ),
    *(
        Life(
            module=f"network.qos_{rule_type.replace('-', '_')}_rule",
            noun="network qos rule",
            user="admin",
            parent="policy",
            command_parent="nk-policy",
            new={name: value},
            change={name: other},
            create=f"--type {rule_type} --{flag} {value}",
            set=f"--{flag} {other}",
            told={name: other},
            theirs=_rule_getter(rule_type),
        )
        for rule_type, name, flag, value, other in (
            ("bandwidth-limit", "max_kbps", "max-kbps", 10, 20),
            ("dscp-marking", "dscp_mark", "dscp-mark", 26, 0),
            ("minimum-bandwidth", "min_kbps", "min-kbps", 10, 20),
            ("minimum-packet-rate", "min_kpps", "min-kpps", 10, 20),
        )
    ),
)
