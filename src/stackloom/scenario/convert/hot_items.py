# SPDX-License-Identifier: Apache-2.0
"""The resources of a Heat template: what each becomes, and how others name it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

import yaml

from stackloom.cloud.kind import Place
from stackloom.cloud.mark import NAME_PATTERN
from stackloom.scenario.attributes import attribute_names
from stackloom.scenario.convert.hot_functions import Functions
from stackloom.scenario.convert.hot_nodes import (
    CannotCarry,
    Expression,
    Late,
    Named,
    Pieces,
    ServerPlace,
    Verbatim,
    name_text,
    operand,
    text,
    written,
)
from stackloom.scenario.convert.losses import Losses
from stackloom.scenario.model import Kinds

GROUP = "OS::Heat::ResourceGroup"
KIND_BY_TYPE: Mapping[str, str] = {
    "OS::Neutron::Net": "network",
    "OS::Neutron::ProviderNet": "network",
    "OS::Neutron::Subnet": "subnet",
    "OS::Neutron::Port": "port",
    "OS::Neutron::Router": "router",
    "OS::Neutron::SecurityGroup": "security_group",
    "OS::Neutron::FloatingIP": "floating_ip",
    "OS::Nova::FloatingIP": "floating_ip",
    "OS::Neutron::FloatingIPPortForward": "port_forwarding",
    "OS::Neutron::Trunk": "trunk",
    "OS::Neutron::SubnetPool": "subnet_pool",
    "OS::Neutron::AddressScope": "address_scope",
    "OS::Neutron::QoSPolicy": "qos_policy",
    "OS::Neutron::RBACPolicy": "rbac_policy",
    "OS::Nova::Server": "server",
    "OS::Nova::ServerGroup": "server_group",
    "OS::Nova::KeyPair": "keypair",
    "OS::Cinder::Volume": "volume",
    "OS::Glance::WebImage": "image",
}
# Those that become a part of another one's entry.
SIDES = frozenset(
    {
        "OS::Neutron::RouterInterface",
        "OS::Neutron::RouterGateway",
        "OS::Neutron::ExtraRoute",
        "OS::Neutron::ExtraRouteSet",
        "OS::Neutron::SecurityGroupRule",
        "OS::Neutron::QoSBandwidthLimitRule",
        "OS::Neutron::QoSDscpMarkingRule",
        "OS::Neutron::QoSMinimumBandwidthRule",
        "OS::Neutron::QoSMinimumPacketRateRule",
        "OS::Neutron::FloatingIPAssociation",
        "OS::Nova::FloatingIPAssociation",
        "OS::Cinder::VolumeAttachment",
    }
)
# Those that are only a value for others, by the property that holds it.
VALUES: Mapping[str, str] = {
    "OS::Heat::Value": "value",
    "OS::Heat::SoftwareConfig": "config",
    "OS::Heat::CloudConfig": "cloud_config",
}
RANDOM = "OS::Heat::RandomString"
_LONGEST_NAME = 63
_LONGEST_REPEATED = 55  # what repetition adds has to fit as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One resource of a template; of a ResourceGroup, what it repeats.

    Attributes:
        name: of its entry in the scenario; repeated ones are ``name-0``, ``name-1``.
        place: of the resource.
        inner: of what has its type and properties: the same, or the group's definition.
        index_word: what stands for the number of each in a group.
        count: of a group, as the template says it.
        condition: as an expression; empty for none.
    """

    id: str
    type: str
    name: str
    place: Place
    inner: Place
    properties: Mapping[str, Any]
    index_word: str = ""
    count: Any = None
    condition: str = ""

    @property
    def kind(self) -> str:
        """The kind that it becomes; empty where it becomes none."""
        return KIND_BY_TYPE.get(self.type, "")

    @property
    def is_group(self) -> bool:
        """Whether it stands for several."""
        return bool(self.index_word)


@dataclass(slots=True)
class Items:
    """All of them, by the id that the template gives them."""

    kinds: Kinds
    functions: Functions
    losses: Losses
    items: dict[str, Item] = field(default_factory=dict)
    random: dict[str, str] = field(default_factory=dict)
    """The variable that stands for a random text, by resource."""

    def of(self, item: Item) -> Functions:
        """Return the functions as they work inside a resource."""
        if not item.is_group:
            return self.functions
        index = Expression("count.index", is_simple=True)
        return self.functions.with_holders({item.index_word: index})

    def count(self, item: Item) -> Any:
        """Return how often a resource is there; None for once."""
        if not item.is_group:
            return Expression(f"1 if {item.condition} else 0") if item.condition else None
        number = self.functions.value(item.count)
        if item.condition:
            return Expression(f"{operand(number)} if {item.condition} else 0")
        return number

    def _item(self, id: str) -> Item:
        if id not in self.items:
            raise CannotCarry(f'there is no resource "{id}"')
        return self.items[id]

    # --- what stands for a resource ---------------------------------------------------------------

    def resource(self, id: str) -> Any:
        """Return what stands for a resource where another one names it."""
        item = self._item(id)
        if item.type in VALUES:
            return self._value_of(item)
        if item.type == RANDOM:
            return Expression(f"var.{self.random[id]}", is_simple=True)
        if item.is_group:
            raise CannotCarry(f'"{id}" is several', "name one of them: get_attr: [ID, resource.0]")
        if not item.kind:
            raise CannotCarry(f'"{id}" is of type {item.type}, which has no counterpart')
        return self._single(item)

    def _single(self, item: Item) -> Named:
        return Named(item.kind, text(item.name, "-0" if item.condition else ""))

    def _value_of(self, item: Item) -> Any:
        value = self.functions.value(item.properties.get(VALUES[item.type], ""))
        if item.type != "OS::Heat::CloudConfig":
            return value
        words = yaml.safe_dump(written(value), sort_keys=False, width=10_000)
        return Verbatim(f"#cloud-config\n{words}")

    # --- what stands for an attribute -------------------------------------------------------------

    def attribute(self, id: str, path: Sequence[Any]) -> Any:
        """Return what stands for an attribute; of a group, of one or of all of its members."""
        item = self._item(id)
        if item.type in {*VALUES, RANDOM} and path[0] in {"value", "config"}:
            return self.resource(id)
        if not item.kind:
            raise CannotCarry(f'"{id}" is of type {item.type}, which has no counterpart')
        if not item.is_group:
            return self._attribute(item, self._single(item), path)
        first, *rest = path
        if first == "refs":
            return self._member(item, rest[0]) if rest else self._all(item, ())
        if (index := _member_index(first)) is not None:
            member = self._member(item, index)
            return self._attribute(item, member, rest) if rest else member
        return self._all(item, path)

    def _member(self, item: Item, index: Any) -> Named:
        return Named(item.kind, text(item.name, "-", index if not _is_int(index) else str(index)))

    def _all(self, item: Item, path: Sequence[Any]) -> Any:
        """Return the same attribute of every member as a list."""

        def of(index: Any) -> Any:
            member = self._member(item, index)
            return self._attribute(item, member, path) if path else member

        count = self.count(item)
        if isinstance(count, str) and count.isdecimal():
            count = int(count)
        if isinstance(count, int):
            return [of(index) for index in range(count)]
        made = operand(of(Expression("i", is_simple=True)))
        return Expression(f"[{made} for i in range({operand(count)})]", is_simple=True)

    def _attribute(self, item: Item, named: Named, path: Sequence[Any]) -> Any:
        words = [str(each) for each in path if not isinstance(each, Named)]
        if path[0] == "name" and len(path) == 1:
            return Late(item.kind, named.name, "name")
        if item.kind == "server" and path[0] in {"first_address", "networks", "addresses"}:
            return self._server_address(item, named, path)
        if item.kind == "port" and words == ["fixed_ips", "0", "ip_address"]:
            return Late("port", named.name, "address")
        wanted = path[1:] if path[0] == "show" else path
        known = attribute_names(self.kinds[item.kind])
        if len(wanted) == 1 and wanted[0] in known:
            is_address = wanted[0] == "floating_ip_address"
            return Late(item.kind, named.name, "address" if is_address else wanted[0])
        shown = ", ".join(words)
        raise CannotCarry(f'a {item.kind.replace("_", " ")} does not tell "{shown}" here')

    def _server_address(self, item: Item, named: Named, path: Sequence[Any]) -> Any:
        """Return an address of a server, or its port; only the first network's has a name here."""
        match path:
            case ["first_address"]:
                return Late("server", named.name, "address")
            case ["addresses", network, 0 | "0", "port"]:
                return ServerPlace(named, network)
            case ["networks", network, 0 | "0"] | ["addresses", network, 0 | "0", "addr"]:
                attribute = "address"
            case ["networks", network]:
                attribute = "addresses"
            case _:
                raise CannotCarry(
                    "what a server tells of its networks has another form here",
                    "${server.NAME.address} is the first IPv4 address, addresses are all",
                )
        if not self._is_first(item, network, alone=attribute == "addresses"):
            raise CannotCarry(
                "a server tells the address on its first network alone",
                "give it a port, and ask the port: ${port.NAME.address}",
            )
        return Late("server", named.name, attribute)

    def _is_first(self, item: Item, network: Any, *, alone: bool) -> bool:
        places = item.properties.get("networks")
        if not isinstance(places, list) or not places or (alone and len(places) > 1):
            return False
        if len(places) == 1:
            return True
        if not isinstance(places[0], Mapping):
            return False
        first = places[0].get("network", places[0].get("uuid"))
        return bool(first) and name_text(self.of(item).value(first)) == name_text(network)

    def own(self, kind: str, value: Any) -> str:
        """Return the entry of what the template makes and others call by its name; "" for none."""
        wanted = name_text(value)
        for item in self.items.values():
            if item.kind != kind or item.is_group or item.condition:
                continue
            given = item.properties.get("name")
            names = {item.name}
            if given is not None:
                try:
                    names.add(str(written(self.functions.value(given))))
                except CannotCarry:
                    continue
            if wanted in names:
                return item.name
        return ""

    def subnet_holding(self, network: str, address: Any) -> str:
        """Return the one subnet of a network that an address may be on; "" where that is open."""
        found: list[str] = []
        for item in self.items.values():
            on = item.properties.get("network", item.properties.get("network_id"))
            if item.kind != "subnet" or item.is_group or item.condition or on is None:
                continue
            try:
                is_there = name_text(self.functions.value(on)) == network
            except CannotCarry:
                continue
            if is_there and _may_hold(item.properties.get("cidr"), address):
                found.append(item.name)
        return found[0] if len(found) == 1 else ""

    def network_count(self, id_or_name: Pieces) -> int:
        """Return on how many networks a server is, by the name of its entry."""
        base = re.sub(r"-(0|\$\{.*\}|[0-9]+)$", "", str(written(id_or_name)))
        for item in self.items.values():
            if item.kind == "server" and item.name in {base, str(written(id_or_name))}:
                places = item.properties.get("networks")
                return len(places) if isinstance(places, list) else 0
        return 0


def _may_hold(cidr: Any, address: Any) -> bool:
    """Tell whether a range holds an address, or may do so where one of them is worked out."""
    try:
        return ip_address(address) in ip_network(cidr)
    except (ValueError, TypeError):
        return True


def _is_int(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.isdecimal())


def _member_index(first: Any) -> Any:
    """Return the number inside ``resource.0``, also where it is worked out; else None."""
    if isinstance(first, str) and first.startswith("resource."):
        return first.removeprefix("resource.")
    if isinstance(first, Pieces) and first.parts[0] == "resource.":
        return text(*first.parts[1:])
    return None


# --- what they are called -------------------------------------------------------------------------


def gathered(
    resources: Mapping[str, Any], functions: Functions, kinds: Kinds, losses: Losses
) -> Items:
    """Return the resources of a template, each with the name of its entry."""
    items = Items(kinds=kinds, functions=functions, losses=losses)
    functions.lookup = items
    taken: set[tuple[str, str]] = set()
    for id, resource in resources.items():
        if not isinstance(resource, Mapping) or not isinstance(resource.get("type"), str):
            losses.add(("resources", id), f'resource "{id}" has no type')
            continue
        item = _read(id, resource, functions, losses)
        if item is None:
            continue
        name = _name(item, losses)
        number = 1
        free = name
        while (item.kind, free) in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add((item.kind, free))
        if free != name:
            losses.add(item.place, f'"{name}" is there already: this one is called "{free}"')
        items.items[id] = _renamed(item, free)
    return items


def _renamed(item: Item, name: str) -> Item:
    fields = {each: getattr(item, each) for each in Item.__dataclass_fields__}
    return Item(**{**fields, "name": name})


def _read(
    id: str, resource: Mapping[str, Any], functions: Functions, losses: Losses
) -> Item | None:
    place: Place = ("resources", id)
    condition = ""
    if "condition" in resource:
        try:
            condition = functions.condition(resource["condition"])
        except CannotCarry as error:
            losses.add((*place, "condition"), f"it is always made: {error}", error.hint)
    properties = _properties(resource, place, losses)
    own_type = resource["type"]
    if own_type != GROUP:
        return Item(
            id=id, type=own_type, name=id, place=place, inner=place, properties=properties,
            condition=condition,
        )  # fmt: skip
    definition = properties.get("resource_def")
    if not isinstance(definition, Mapping) or not isinstance(definition.get("type"), str):
        losses.add(place, "a ResourceGroup whose resource_def is worked out has no counterpart")
        return None
    for name in properties.keys() - {"count", "index_var", "resource_def"}:
        losses.add((*place, "properties", name), f"there is no counterpart of {name}", key=True)
    inner = (*place, "properties", "resource_def")
    return Item(
        id=id, type=definition["type"], name=id, place=place, inner=inner,
        properties=_properties(definition, inner, losses),
        index_word=str(properties.get("index_var", "%index%")),
        count=properties.get("count", 1), condition=condition,
    )  # fmt: skip


def _properties(resource: Mapping[str, Any], place: Place, losses: Losses) -> Mapping[str, Any]:
    properties = resource.get("properties") or {}
    if isinstance(properties, Mapping):
        return properties
    losses.add((*place, "properties"), "properties should be a mapping")
    return {}


def _name(item: Item, losses: Losses) -> str:
    """Return the name that the template gives it where it can be one, else its id."""
    longest = _LONGEST_REPEATED if item.is_group or item.condition else _LONGEST_NAME
    own = re.sub(r"[^A-Za-z0-9_.-]+", "-", item.id).strip("-._")[:longest] or "unnamed"
    given = item.properties.get("name")
    if not item.kind:
        return own
    if given is None:
        if own != item.id:
            losses.add(item.place, f'"{item.id}" cannot be a name: it is called "{own}"', key=True)
        return own
    if isinstance(given, str):
        wanted = given
        if item.is_group:
            wanted, found, rest = given.partition(f"-{item.index_word}")
            wanted = wanted if found and not rest else ""
        if (
            wanted
            and re.fullmatch(NAME_PATTERN, wanted)
            and not (item.condition and not item.is_group)
        ):
            return wanted
    suffix = "-0" if item.is_group or item.condition else ""
    shown = f'"{given}"' if isinstance(given, str) else "by what is worked out"
    losses.add(
        (*item.inner, "properties", "name"),
        f'it is called "{own}{suffix}", and not {shown}',
        "a name is letters, digits, dot, dash and underscore; count adds numbers to it",
    )
    return own
