# SPDX-License-Identifier: Apache-2.0
"""Every kind of Neutron: its whole life through the library and through the command line.

What is shown has to be what openstacksdk reports for the same object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from openstack.connection import Connection
from openstack.resource import Resource
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Kind
from stackloom.errors import NotFound
from stackloom.local.access import Access
from stackloom.testing.cloud import OpenStackCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What other objects need: a network with a subnet, ports on it, a router to the outside.

    Attributes:
        ids: by the words that the table below has for them in braces: ``{network}``.
    """

    ids: Mapping[str, str]

    def filled(self, value: Any) -> Any:
        """Return *value* with ids in place of the words in braces, however deep they stand."""
        if isinstance(value, str):
            return value.format_map(self.ids)
        if isinstance(value, Mapping):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        return value


@pytest.fixture(scope="module")
def ground(openstack_cloud: OpenStackCloud) -> Iterator[Ground]:
    """Lay it through the command line; what cannot be taken away afterwards fails the tests."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The life of one kind.

    Attributes:
        noun: its words on the command line.
        new, change: bodies for the library.
        create, set: words for the command line, behind ``create``, and behind the name.
        told: what ``show`` says after ``set``, as far as ``set`` brought it about.
        theirs: how openstacksdk gets one: connection, ids of the ground, its id.
        parent: the word for the id that the library needs for kinds below others.
    """

    module: str
    noun: str
    new: Mapping[str, Any]
    change: Mapping[str, Any]
    create: str
    set: str
    told: Mapping[str, Any]
    theirs: Callable[[Any, Mapping[str, str], str], Resource]
    user: str = "demo"
    parent: str = ""
    command_parent: str = ""
    unset: str = ""
    unset_told: Mapping[str, Any] = field(default_factory=dict)


def _rule_getter(rule_type: str) -> Callable[[Any, Mapping[str, str], str], Resource]:
    """Return how openstacksdk gets a rule of this type."""
    name = f"get_qos_{rule_type.replace('-', '_')}_rule"

    def get(sdk: Any, ids: Mapping[str, str], key: str) -> Resource:
        rule: Resource = getattr(sdk, name)(key, ids["policy"])
        return rule

    return get


_CASES = (
    Case(
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
    Case(
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
    Case(
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
    Case(
        module="network.address_scope",
        noun="address scope",
        new={"name": "nk-a", "ip_version": 6},
        change={"name": "nk-b"},
        create="nk-a --ip-version 6",
        set="--name nk-b",
        told={"name": "nk-b", "ip_version": 6},
        theirs=lambda sdk, _ids, key: sdk.get_address_scope(key),
    ),
    Case(
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
    Case(
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
    Case(
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
    Case(
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
    Case(
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
    Case(
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
    Case(
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
    Case(
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
    Case(
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
    Case(
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
        Case(
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


def _kind(case: Case, ground: Ground) -> Kind[Any]:
    kind = load_kind(case.module)
    return kind.under(ground.ids[case.parent]) if case.parent else kind


@pytest.mark.parametrize("case", _CASES, ids=[case.module for case in _CASES])
def test_the_library_makes_finds_changes_and_deletes(
    openstack_cloud: OpenStackCloud, ground: Ground, case: Case
) -> None:
    """Each verb is seen by the next one; what was deleted is not there."""
    kind = _kind(case, ground)
    change = ground.filled(case.change)

    async def work(cloud: Cloud) -> None:
        assert kind.new is not None
        new = msgspec.convert(ground.filled(case.new), kind.new)
        made = await verbs.create(cloud, kind, new)
        try:
            assert made.id in {state.id async for state in verbs.list_states(cloud, kind)}
            named = made.name if kind.has_name and made.name else made.id
            found = await verbs.find(cloud, kind, named)
            assert found.id == (await verbs.get(cloud, kind, made.id)).id == made.id
            if change:
                assert kind.change is not None
                changed = await verbs.update(
                    cloud, kind, made.id, msgspec.convert(change, kind.change)
                )
                told = json.loads(msgspec.json.encode(changed))
                assert {name: told[name] for name in change} == change
        finally:
            await verbs.delete(cloud, kind, made.id)
        with pytest.raises(NotFound):
            await verbs.get(cloud, kind, made.id)

    login = openstack_cloud.admin if case.user == "admin" else openstack_cloud
    login.run(work)


@pytest.mark.parametrize("case", _CASES, ids=[case.module for case in _CASES])
def test_the_command_line_does_the_same_and_shows_what_openstacksdk_sees(
    local_cloud: Access, demo: Connection, admin: Connection, ground: Ground, case: Case
) -> None:
    """Made, listed, shown, set, unset and deleted, by name where it has one."""
    noun = case.noun.split()
    parent = [ground.filled(case.command_parent)] if case.command_parent else []

    def run(verb: str, *words: str) -> str:
        return done(local_cloud, *noun, verb, *parent, *words, user=case.user)

    def shown(id: str) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(run("show", id, "-f", "json"))
        return fields

    made = json.loads(run("create", *ground.filled(case.create).split(), "-f", "json"))
    id = made["id"]
    try:
        listed = json.loads(run("list", "-f", "json"))
        assert id in {each["ID"] for each in listed}
        if case.set:
            run("set", made.get("name") or id, *ground.filled(case.set).split())
        _tells(shown(id), ground.filled(case.told))
        sdk = (admin if case.user == "admin" else demo).network
        _agrees(shown(id), case.theirs(sdk, ground.ids, id))
        _row_is_the_state(run, case, ground, shown(id))
        if case.unset:
            run("unset", id, *ground.filled(case.unset).split())
            _tells(shown(id), ground.filled(case.unset_told))
    finally:
        run("delete", id)
    gone = stackloom(local_cloud, *noun, "show", *parent, id, user=case.user)
    assert gone.returncode == 2
    assert " list" in gone.stderr


def _tells(shown: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Compare what was asked for; the order of lists is Neutron's own affair."""

    def sorted_lists(value: Any) -> Any:
        return sorted(value, key=json.dumps) if isinstance(value, list) else value

    assert {name: sorted_lists(shown[name]) for name in wanted} == {
        name: sorted_lists(value) for name, value in wanted.items()
    }


def _agrees(ours: Mapping[str, Any], theirs: Resource) -> None:
    """Compare all fields that openstacksdk knows under the API's names; nothing is nothing."""
    attribute_by_name = {
        name: key for key, name in type(theirs)._body_mapping().items() if hasattr(theirs, key)
    }
    attribute_by_name["project_id"] = "project_id"
    common = [name for name in ours if name in attribute_by_name]
    assert len(common) >= 3

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: each for key, each in value.items() if each is not None}
        return None if value in ("", [], {}, ()) else value

    reported = {name: plain(getattr(theirs, attribute_by_name[name])) for name in common}
    told = {name: plain(ours[name]) for name in common}
    for name in ("rules", "security_group_rules"):
        # Theirs have every field there is, ours those that a rule has: their ids will do.
        for side in (reported, told):
            if side.get(name):
                side[name] = sorted(rule["id"] for rule in side[name])
    assert told == reported


def _row_is_the_state(
    run: Callable[..., str], case: Case, ground: Ground, shown: Mapping[str, Any]
) -> None:
    """Compare a row of the long list with the columns of the state that was shown."""
    kind = _kind(case, ground)
    if case.noun == "network qos rule":
        rows = json.loads(run("list", "-f", "json"))
        columns = kind.columns
    else:
        rows = json.loads(run("list", "--long", "-f", "json"))
        columns = (*kind.columns, *kind.long_columns)
    (row,) = [each for each in rows if each["ID"] == shown["id"]]
    state = msgspec.convert(shown, kind.state)
    expected = json.loads(
        msgspec.json.encode({column.title: column.value(state) for column in columns})
    )
    assert {title: row[title] for title in expected} == expected


def test_ports_come_and_go_on_a_trunk(local_cloud: Access, ground: Ground) -> None:
    """By three commands that say the same, each in its words."""

    def run(line: str) -> str:
        return done(local_cloud, *line.split())

    run("network trunk create nk-trunk --parent-port nk-two")
    tagged = {"Port": ground.ids["three"], "Segmentation Type": "vlan", "Segmentation ID": 9}
    listed = "network trunk subport list nk-trunk -f json"
    try:
        number = "--segmentation-type vlan --segmentation-id 9"
        run(f"network trunk subport add nk-trunk nk-three {number}")
        assert json.loads(run(listed)) == [tagged]
        assert json.loads(run("network subport list --trunk nk-trunk -f json")) == [tagged]
        run("network trunk subport remove nk-trunk nk-three")
        assert json.loads(run(listed)) == []
        subport = "port=nk-three,segmentation-type=vlan,segmentation-id=9"
        run(f"network trunk set nk-trunk --subport {subport}")
        assert json.loads(run(listed)) == [tagged]
        run("network trunk unset nk-trunk --subport nk-three")
        assert json.loads(run(listed)) == []
    finally:
        run("network trunk delete nk-trunk")


def test_a_router_has_legs_routes_and_gateways(
    local_cloud: Access, demo: Connection, ground: Ground
) -> None:
    """Each comes and goes by its own command."""

    def router(*words: str, user: str = "demo") -> str:
        return done(local_cloud, "router", *words, user=user)

    def routes(*words: str) -> Any:
        return json.loads(router(*words, "-f", "json"))["routes"]

    router("create", "nk-r")
    try:
        router("add", "port", "nk-r", "nk-three")
        assert demo.network.get_port(ground.ids["three"]).device_owner.startswith("network:router")
        route = "destination=10.95.0.0/16,gateway=10.81.0.200"
        other = "destination=10.96.0.0/16,gateway=10.81.0.200"
        both = [
            {"destination": "10.95.0.0/16", "nexthop": "10.81.0.200"},
            {"destination": "10.96.0.0/16", "nexthop": "10.81.0.200"},
        ]
        assert routes("add", "route", "nk-r", "--route", route) == both[:1]
        router("set", "nk-r", "--route", other)
        assert sorted(routes("show", "nk-r"), key=str) == both
        assert routes("remove", "route", "nk-r", "--route", route) == both[1:]
        router("unset", "nk-r", "--route", other)
        assert routes("show", "nk-r") == []
        router("add", "gateway", "nk-r", "public")
        gateway = json.loads(router("show", "nk-r", "-f", "json"))["external_gateway_info"]
        assert gateway["network_id"] == ground.ids["public"]
        router("remove", "gateway", "nk-r", "public")
        assert json.loads(router("show", "nk-r", "-f", "json"))["external_gateway_info"] is None
        result = stackloom(local_cloud, "router", "set", "nk-r", "--enable-snat")
        assert result.returncode == 2
        assert "the router has no gateway" in result.stderr
    finally:
        stackloom(local_cloud, "router", "remove", "port", "nk-r", "nk-three")
        router("delete", "nk-r")
        done(local_cloud, "port", "create", "nk-three", "--network", "nk-net")


def test_extensions_quotas_and_agents_are_read(
    local_cloud: Access, demo: Connection, admin: Connection
) -> None:
    """As openstacksdk has them."""
    extensions = json.loads(done(local_cloud, "extension", "list", "--network", "-f", "json"))
    assert {(each["Alias"], each["Name"]) for each in extensions} == {
        (each.alias, each.name) for each in demo.network.extensions()
    }
    shown = json.loads(done(local_cloud, "extension", "show", "router", "-f", "json"))
    assert shown["alias"] == "router"
    limits = {
        each["Resource"]: each["Limit"]
        for each in json.loads(done(local_cloud, "quota", "show", "--network", "-f", "json"))
    }
    theirs = demo.network.get_quota(str(demo.current_project_id))
    assert limits["networks"] == theirs.networks
    assert limits["secgroup-rules"] == theirs.security_group_rules
    usage = json.loads(done(local_cloud, "quota", "show", "--usage", "-f", "json"))
    (networks,) = [each for each in usage if each["Resource"] == "networks"]
    owned = [*demo.network.networks(project_id=demo.current_project_id)]
    assert networks["In Use"] == len(owned)
    agents = json.loads(done(local_cloud, "network", "agent", "list", "-f", "json", user="admin"))
    assert {each["ID"] for each in agents} == {each.id for each in admin.network.agents()}


def test_ports_are_listed_by_subnet_and_address(local_cloud: Access, ground: Ground) -> None:
    """Neutron takes both at once, each in a parameter of the same name."""

    def listed(wanted: str) -> list[str]:
        words = ("port", "list", "--fixed-ip", wanted, "-f", "json")
        return [each["ID"] for each in json.loads(done(local_cloud, *words))]

    assert listed(f"subnet=nk-subnet,ip-address={ground.ids['ip']}") == [ground.ids["one"]]
    assert listed("subnet=nk-subnet,ip-address=10.81.0.253") == []
    assert ground.ids["two"] in listed("subnet=nk-subnet")
