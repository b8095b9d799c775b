# SPDX-License-Identifier: Apache-2.0
"""What the commands on Neutron's kinds ask of it, and what they refuse by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from urllib.parse import unquote, urlsplit

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud, Thing
from tests.fakes.http_bridge import served

from stackloom import plug
from stackloom.cli import commands
from stackloom.cli.fields import Field
from stackloom.resources import kinds_by_module
from stackloom.transport.client import Answer, Request

_KEYS = {
    kind.path.rpartition("/")[2]: (kind.plural, kind.wire_key)
    for module, kind in kinds_by_module().items()
    if module.startswith("network.") and kind.has_own_list
}


class EchoingNeutron(FakeCloud):
    """A Neutron that has everything one looks for: ``blue`` has the id ``blue-id``.

    Attributes:
        asked: what was asked to change something: method, path, body.
        conditions: the If-Match headers that came.
        queries: what lists were filtered by, in the order of arrival.
        has: fields that every object has besides id and name.
        lacks: last parts of paths at which there is nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, Thing]] = []
        self.conditions: list[str] = []
        self.queries: list[str] = []
        self.has: Thing = {}
        self.lacks: set[str] = set()

    async def send(self, request: Request) -> Answer:
        """Handle one request, and keep its condition."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "if-match" in headers:
            self.conditions.append(headers["if-match"])
        if query := urlsplit(request.url).query:
            self.queries.append(unquote(query))
        return await super().send(request)

    def _handle(
        self, method: str, path: list[str], query: dict[str, str], body: Thing
    ) -> tuple[int, Thing]:
        whole = "/".join(path)
        if method != "GET":
            self.asked.append((method, whole, body))
        if path[-1] in self.lacks:
            return 404, {"NeutronError": {"type": "NotFound", "message": "no such", "detail": ""}}
        if method == "DELETE":
            return 204, {}
        if path[-1] in _KEYS:
            plural, key = _KEYS[path[-1]]
            if method == "POST":
                return 201, {key: self._thing_of("new", body.get(key, {}))}
            name = query.get("name") or query.get("floating_ip_address") or "any"
            return 200, {plural: [self._thing_of(name, {})]}
        _, key = _KEYS.get(path[-2], ("", ""))
        return 200, {key: self._thing_of(path[-1], body.get(key, {}))} if key else {}

    def _thing_of(self, name: str, fields: Thing) -> Thing:
        ids = {"network_id": "n", "cidr": "c", "alias": name, "floating_ip_address": name}
        return {"id": f"{name}-id", "name": name, **ids, **self.has, **fields}


@pytest.fixture
def neutron(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[EchoingNeutron]:
    """Return a Neutron in place of the usual cloud."""
    fake = EchoingNeutron()
    with served(fake) as address:
        fake.base = address
        monkeypatch.setenv("OS_AUTH_URL", f"{address}/v3")
        yield fake


def _said(stackloom: CommandLine, words: str) -> None:
    said = stackloom(*words.split())
    assert (said.code, said.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        (
            "network create blue --external --mtu 1400 --qos-policy gold",
            *("POST", "networks"),
            {
                "network": {
                    "name": "blue",
                    "router:external": True,
                    "mtu": 1400,
                    "qos_policy_id": "gold-id",
                }
            },
        ),
        (
            "network set blue --no-qos-policy",
            *("PUT", "networks/blue-id", {"network": {"qos_policy_id": None}}),
        ),
        (
            "subnet create s --network blue --subnet-range fd00::/64 --gateway none",
            *("POST", "subnets"),
            {
                "subnet": {
                    "name": "s",
                    "network_id": "blue-id",
                    "ip_version": 6,
                    "cidr": "fd00::/64",
                    "gateway_ip": None,
                }
            },
        ),
        (
            "subnet create s --network blue --subnet-pool p --prefix-length 26 --gateway auto",
            *("POST", "subnets"),
            {
                "subnet": {
                    "name": "s",
                    "network_id": "blue-id",
                    "ip_version": 4,
                    "subnetpool_id": "p-id",
                    "prefixlen": 26,
                }
            },
        ),
        (
            "subnet set s --no-host-route --host-route destination=10.9.0.0/16,gateway=10.0.0.1",
            *("PUT", "subnets/s-id"),
            {"subnet": {"host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.1"}]}},
        ),
        (
            (
                "port create p --network blue --no-security-group"
                " --fixed-ip subnet=s,ip-address=10.0.0.5"
            ),
            *("POST", "ports"),
            {
                "port": {
                    "network_id": "blue-id",
                    "name": "p",
                    "fixed_ips": [{"subnet_id": "s-id", "ip_address": "10.0.0.5"}],
                    "security_groups": [],
                }
            },
        ),
        (
            'port create p --network blue --binding-profile {"a":1} --binding-profile b=2',
            *("POST", "ports"),
            {
                "port": {
                    "network_id": "blue-id",
                    "name": "p",
                    "binding:profile": {"a": 1, "b": "2"},
                }
            },
        ),
        (
            "port set p --no-binding-profile",
            *("PUT", "ports/p-id", {"port": {"binding:profile": {}}}),
        ),
        (
            "port unset p --host --device",
            "PUT",
            "ports/p-id",
            {"port": {"binding:host_id": None, "device_id": ""}},
        ),
        (
            (
                "router create r --disable-snat --external-gateway public"
                " --fixed-ip subnet=s,ip-address=203.0.113.9"
            ),
            *("POST", "routers"),
            {
                "router": {
                    "name": "r",
                    "external_gateway_info": {
                        "network_id": "public-id",
                        "external_fixed_ips": [{"subnet_id": "s-id", "ip_address": "203.0.113.9"}],
                        "enable_snat": False,
                    },
                }
            },
        ),
        (
            "router unset r --external-gateway",
            *("PUT", "routers/r-id", {"router": {"external_gateway_info": None}}),
        ),
        (
            "router add subnet r s",
            *("PUT", "routers/r-id/add_router_interface", {"subnet_id": "s-id"}),
        ),
        (
            "router remove port r p",
            *("PUT", "routers/r-id/remove_router_interface", {"port_id": "p-id"}),
        ),
        (
            "router add route r --route destination=10.9.0.0/16,gateway=10.0.0.1",
            *("PUT", "routers/r-id/add_extraroutes"),
            {"router": {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.1"}]}},
        ),
        (
            "router remove gateway r public --fixed-ip ip-address=203.0.113.9",
            *("PUT", "routers/r-id/remove_external_gateways"),
            {
                "router": {
                    "external_gateways": [
                        {
                            "network_id": "public-id",
                            "external_fixed_ips": [{"ip_address": "203.0.113.9"}],
                        }
                    ]
                }
            },
        ),
        (
            "security group rule create web --protocol tcp --dst-port 80",
            *("POST", "security-group-rules"),
            {
                "security_group_rule": {
                    "security_group_id": "web-id",
                    "direction": "ingress",
                    "ethertype": "IPv4",
                    "protocol": "tcp",
                    "port_range_min": 80,
                    "port_range_max": 80,
                }
            },
        ),
        (
            (
                "security group rule create web --egress --protocol ipv6-icmp --icmp-type 0"
                " --icmp-code 0"
            ),
            *("POST", "security-group-rules"),
            {
                "security_group_rule": {
                    "security_group_id": "web-id",
                    "direction": "egress",
                    "ethertype": "IPv6",
                    "protocol": "ipv6-icmp",
                    "port_range_min": 0,
                    "port_range_max": 0,
                }
            },
        ),
        (
            "security group rule create web --protocol any --ethertype IPv6 --remote-group db",
            *("POST", "security-group-rules"),
            {
                "security_group_rule": {
                    "security_group_id": "web-id",
                    "direction": "ingress",
                    "ethertype": "IPv6",
                    "protocol": None,
                    "remote_group_id": "db-id",
                }
            },
        ),
        (
            "floating ip create public --port p",
            *("POST", "floatingips"),
            {"floatingip": {"floating_network_id": "public-id", "port_id": "p-id"}},
        ),
        (
            "floating ip unset 203.0.113.9 --port",
            *("PUT", "floatingips/203.0.113.9-id", {"floatingip": {"port_id": None}}),
        ),
        (
            (
                "floating ip port forwarding create 203.0.113.9 --port p"
                " --internal-ip-address 10.0.0.5 --internal-protocol-port 80:81"
                " --external-protocol-port 8080:8081 --protocol tcp"
            ),
            *("POST", "floatingips/203.0.113.9-id/port_forwardings"),
            {
                "port_forwarding": {
                    "protocol": "tcp",
                    "internal_port_id": "p-id",
                    "internal_ip_address": "10.0.0.5",
                    "internal_port_range": "80:81",
                    "external_port_range": "8080:8081",
                }
            },
        ),
        (
            "address group set g --address 10.0.0.1",
            *("PUT", "address-groups/g-id/add_addresses", {"addresses": ["10.0.0.1/32"]}),
        ),
        (
            "network trunk set t --subport port=p,segmentation-type=vlan,segmentation-id=7",
            *("PUT", "trunks/t-id/add_subports"),
            {"sub_ports": [{"port_id": "p-id", "segmentation_type": "vlan", "segmentation_id": 7}]},
        ),
        (
            "network trunk subport remove t p q",
            *("PUT", "trunks/t-id/remove_subports"),
            {"sub_ports": [{"port_id": "p-id"}, {"port_id": "q-id"}]},
        ),
        (
            "network qos rule create gold --type minimum-packet-rate --min-kpps 5 --any",
            *("POST", "qos/policies/gold-id/minimum_packet_rate_rules"),
            {"minimum_packet_rate_rule": {"min_kpps": 5, "direction": "any"}},
        ),
        (
            (
                "network rbac create gold --type qos_policy --action access_as_shared"
                " --target-all-projects"
            ),
            *("POST", "rbac-policies"),
            {
                "rbac_policy": {
                    "object_type": "qos_policy",
                    "object_id": "gold-id",
                    "action": "access_as_shared",
                    "target_tenant": "*",
                }
            },
        ),
        (
            "network agent set a-1 --disable",
            *("PUT", "agents/a-1-id", {"agent": {"admin_state_up": False}}),
        ),
    ],
)
def test_a_command_asks_for_what_its_words_say(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, method: str, path: str, body: Thing
) -> None:
    """One request changes something; names have become ids."""
    _said(stackloom, words)
    assert neutron.asked == [(method, f"{path}", body)]


def test_tags_go_out_in_a_request_of_their_own(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Neutron refuses them in the object; those that are there stay, and are not sent twice."""
    neutron.has = {"tags": ["old"]}
    for words in (
        "router create r --tag a --tag b",
        "router set r --tag new --tag old",
        "router set r --no-tag --tag new",
        "router unset r --tag old",
        "router unset r --all-tag",
    ):
        _said(stackloom, words)
    assert neutron.asked == [
        ("POST", "routers", {"router": {"name": "r"}}),
        ("PUT", "routers/new-id/tags", {"tags": ["a", "b"]}),
        ("PUT", "routers/r-id/tags", {"tags": ["old", "new"]}),
        ("PUT", "routers/r-id/tags", {"tags": ["new"]}),
        ("PUT", "routers/r-id/tags", {"tags": []}),
        ("PUT", "routers/r-id/tags", {"tags": []}),
    ]


def test_lists_keep_what_was_in_them(stackloom: CommandLine, neutron: EchoingNeutron) -> None:
    """``set`` adds to them and ``unset`` takes from them, though Neutron takes only whole ones."""
    neutron.has = {
        "security_groups": ["g-1", "web-id"],
        "allowed_address_pairs": [{"ip_address": "10.9.0.0/24", "mac_address": "fa:16"}],
    }
    pair = "--allowed-address ip-address=10.9.0.0/24"
    _said(stackloom, "port set p --security-group db")
    _said(stackloom, f"port unset p --security-group web {pair}")
    assert [body["port"] for _, _, body in neutron.asked] == [
        {"security_groups": ["g-1", "web-id", "db-id"]},
        {"security_groups": ["g-1"], "allowed_address_pairs": []},
    ]


@pytest.mark.parametrize(
    ("words", "queries"),
    [
        (
            "port list --fixed-ip subnet=s,ip-address=10.0.0.5 --status ACTIVE",
            ["name=s", "fixed_ips=subnet_id=s-id&fixed_ips=ip_address=10.0.0.5&status=ACTIVE"],
        ),
        (
            "floating ip list --port a --port b",
            ["name=a", "name=b", "port_id=a-id&port_id=b-id"],
        ),
        ("network list --internal --any-tags a,b", ["router:external=false&tags-any=a,b"]),
        (
            "security group rule list web --egress",
            ["name=web", "security_group_id=web-id&direction=egress"],
        ),
        ("network agent list --agent-type l3", ["agent_type=L3+agent"]),
    ],
)
def test_lists_are_filtered_by_the_service(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, queries: list[str]
) -> None:
    """Names become ids; several values of one filter are sent one by one; a page at a time."""
    _said(stackloom, words)
    assert neutron.queries == [*queries[:-1], f"{queries[-1]}&limit=1000"]


def test_a_whole_list_goes_out_only_if_nobody_changed_it_meanwhile(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Else the change of another would be undone; what is not joined needs no condition."""
    neutron.has = {"revision_number": 7, "security_groups": ["g-1"]}
    _said(stackloom, "port set p --security-group db")
    _said(stackloom, "port set p --description words")
    assert neutron.conditions == ["revision_number=7"]
    assert len(neutron.asked) == 2


@pytest.mark.parametrize(("words", "version"), [("", 6), ("--ip-version 4", 4)])
def test_a_subnet_from_a_pool_has_the_version_of_the_pool(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, version: int
) -> None:
    """Unless the person says another one, of which Neutron thinks what it will."""
    neutron.has = {"ip_version": 6}
    _said(stackloom, f"subnet create s --network blue --subnet-pool p {words}")
    ((_, _, body),) = neutron.asked
    assert (body["subnet"]["ip_version"], body["subnet"]["subnetpool_id"]) == (version, "p-id")


def test_what_is_said_of_a_gateway_names_its_network(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Neutron would take the gateway away otherwise."""
    neutron.has = {"external_gateway_info": {"network_id": "public-id", "enable_snat": True}}
    _said(stackloom, "router set r --disable-snat")
    gateway = {"network_id": "public-id", "enable_snat": False}
    assert neutron.asked == [
        ("PUT", "routers/r-id", {"router": {"external_gateway_info": gateway}})
    ]


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (
            "router set r --enable-snat",
            "the router has no gateway to say that of",
            "name its network with --external-gateway",
        ),
        (
            "security group rule create web --protocol tcp --icmp-type 8",
            "--icmp-type needs an ICMP protocol",
            "--protocol icmp",
        ),
        (
            "security group rule create web --protocol icmp --dst-port 80",
            "ICMP has no ports",
            "it has --icmp-type and --icmp-code",
        ),
        (
            "security group rule create web --protocol icmp --icmp-code 1",
            "--icmp-code needs --icmp-type",
            "",
        ),
        (
            "security group rule create web --protocol tcp --dst-port http",
            '--dst-port "http" is neither a port nor a range',
            "such as 80 or 137:139",
        ),
        (
            "security group rule create web --protocol tcp --dst-port 90:80",
            '--dst-port "90:80" ends before it begins',
            "",
        ),
        (
            "floating ip port forwarding set 203.0.113.9 x --external-protocol-port 80:",
            '"80:" is neither a port number nor a range such as 80:90',
            "",
        ),
        (
            "port set p --binding-profile {a",
            '"{a" is neither JSON nor KEY=VALUE',
            "",
        ),
        ("port unset p --binding-profile a", "its binding profile does not have a", ""),
        (
            "port list --fixed-ip colour=red",
            '--fixed-ip "colour=red" cannot have "colour"',
            "its keys: subnet, ip-address, ip-substring",
        ),
        (
            "address group set g --address nowhere",
            "--address: 'nowhere' does not appear to be an IPv4 or IPv6 network",
            "",
        ),
        (
            "network rbac create blue --type network --action access_as_shared",
            "nobody was named who may use it",
            "--target-project or --target-all-projects",
        ),
        (
            "network trunk set t --subport port=p,segmentation-id=x",
            '--subport "port=p,segmentation-id=x" needs a number as "segmentation-id"',
            "its keys: port, segmentation-type, segmentation-id",
        ),
        (
            "network qos rule delete gold x",
            'QoS policy "gold" has no rule x',
            "stackloom network qos rule list gold shows those it has",
        ),
        (
            "network qos rule set gold x",
            "nothing to set was given",
            (
                "there are: --max-kbps, --max-burst-kbits, --dscp-mark, --min-kbps, --min-kpps,"
                " --ingress, --egress, --any"
            ),
        ),
    ],
)
def test_what_cannot_be_is_told_before_anything_changes(
    stackloom: CommandLine, neutron: EchoingNeutron, words: str, error: str, hint: str
) -> None:
    """With what to do instead, where there is something."""
    told = f"error: {error}\n" + (f"hint: {hint}\n" if hint else "")
    assert stackloom(*words.split()) == Said(code=2, stdout="", stderr=told)
    assert neutron.asked == []


def test_what_a_cloud_lacks_is_told_by_its_name(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """Neutron itself would say that there was a mistake inside of it."""
    neutron.lacks = {"external-gateway-multihoming"}
    assert stackloom("router", "add", "gateway", "r", "public") == Said(
        code=2,
        stdout="",
        stderr="error: the network API of this cloud has no extension "
        '"external-gateway-multihoming"\n'
        "hint: stackloom extension list --network shows those it has\n",
    )
    assert neutron.asked == []


def test_rules_of_a_policy_are_listed_with_all_types(
    stackloom: CommandLine, neutron: EchoingNeutron
) -> None:
    """And changed and deleted under the path of their type."""
    neutron.has = {"rules": [{"id": "r-1", "type": "dscp_marking", "dscp_mark": 26}]}
    rule = ("network", "qos", "rule")
    listed = stackloom(*rule, "list", "gold", "-f", "csv")
    assert listed.stdout.splitlines()[1:] == [
        '"r-1","gold-id","dscp_marking","None","None","None","None","26","None"'
    ]
    shown = stackloom(*rule, "show", "gold", "r-1", "-f", "value", "-c", "dscp_mark")
    assert shown.stdout == "26\n"
    _said(stackloom, "network qos rule set gold r-1 --dscp-mark 8")
    _said(stackloom, "network qos rule delete gold r-1")
    path = "qos/policies/gold-id/dscp_marking_rules/r-1"
    assert neutron.asked == [
        ("PUT", path, {"dscp_marking_rule": {"dscp_mark": 8}}),
        ("DELETE", path, {}),
    ]


def _fields(module: str) -> list[Field]:
    """Return every option for a field that stands in a table of a command's module."""
    tables = vars(import_module(f"stackloom.cli.commands.{module}")).values()
    listed = [table if isinstance(table, tuple) else (table,) for table in tables]
    return [each for table in listed for each in table if isinstance(each, Field)]


def test_every_kind_that_an_option_names_is_there() -> None:
    """Else the option would fail only when somebody uses it."""
    fields = [each for module in plug.module_names(commands) for each in _fields(module)]
    named = {each.refers for each in fields if each.refers}
    named |= {module for each in fields for module in each.refers_inside.values()}
    assert {"network.network", "network.subnet", "identity.project", "compute.server"} <= named
    assert named <= set(kinds_by_module())
