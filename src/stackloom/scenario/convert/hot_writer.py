# SPDX-License-Identifier: Apache-2.0
"""The resources of a Heat template while a scenario is written as one. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stackloom.cloud.kind import Place
from stackloom.cloud.mark import Address
from stackloom.scenario.convert.worked_out import (
    Fields,
    Ref,
    Secret,
    Text,
    WorkedOut,
    late_words,
    referenced,
)

# Kinds whose name Heat does not keep apart from the id of the resource: they get the id.
_NAMELESS = ("floating_ip", "port_forwarding", "rbac_policy")
_ATTRIBUTES: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("server", "address"): ("first_address",),
    ("port", "address"): ("fixed_ips", 0, "ip_address"),
    ("floating_ip", "address"): ("floating_ip_address",),
    ("floating_ip", "floating_ip_address"): ("floating_ip_address",),
}
# What Heat sees by itself, or comes with the legs of a router: ``add_dependencies`` in
# heat/engine/resources/openstack/{neutron/port,nova/server,neutron/router}.py, 2026.2.
_SEEN_BY_HEAT = {
    ("port", "subnet"),
    ("server", "subnet"),
    ("router", "subnet"),
    ("router", "network"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The value of a parameter, which whoever makes the stack has to give."""

    parameter: str


class HotWriter:
    """Writes the resources of a template.

    Args:
        kinds: those that Heat has a resource for.

    Attributes:
        resources: what is written so far, by the id inside the template.
        parameters: what has to be given beside secrets.
    """

    def __init__(self, source: WorkedOut, kinds: Collection[str]) -> None:
        self.source = source
        self.resources: dict[str, Any] = {}
        self.parameters: dict[str, Any] = {}
        self._ids = _ids(source, kinds)

    def id(self, address: Address) -> str:
        """Return what a resource is called in the template; "" where it has none."""
        return self._ids.get(address, "")

    def forget(self, address: Address) -> None:
        """Take a resource back that is not written after all."""
        self._ids.pop(address, None)

    def add(
        self, address: Address, type: str, properties: Fields, *, id: str = "",
        after: Iterable[Address] = (),
    ) -> None:  # fmt: skip
        """Write a resource.

        Args:
            id: of a side, which has no address of its own.
            after: what it has to wait for beside what *address* waits for and names.
        """
        waited = {*self.source.needs.get(address, ()), *after} - referenced(properties)
        orders = sorted(
            self.id(each)
            for each in waited
            if self.id(each) and (address.kind, each.kind) not in _SEEN_BY_HEAT and each != address
        )
        rendered = self.rendered(properties, address)
        entry: Fields = {"type": type}
        if orders and not id:
            entry["depends_on"] = orders
        elif orders and after:
            entry["depends_on"] = sorted(self.id(each) for each in after if self.id(each))
        if rendered:
            entry["properties"] = rendered
        self.resources[id or self.id(address)] = entry

    def ref(self, kind: str, name: str) -> Ref | str:
        """Return what stands for a resource that a spec names."""
        address = Address(kind, name)
        if self.id(address):
            return Ref(address)
        return self.source.found_by(address)[1]

    # --- values -----------------------------------------------------------------------------------

    def rendered(  # noqa: PLR0911 - one return for each form
        self, value: Any, of: Address, place: Place = ()
    ) -> Any:
        """Return values as a template writes them."""
        if isinstance(value, dict):
            return {key: self.rendered(each, of, place) for key, each in value.items()}
        if isinstance(value, list):
            return [self.rendered(each, of, place) for each in value]
        if isinstance(value, Asked):
            return {"get_param": value.parameter}
        if isinstance(value, Secret):
            return {"get_param": value.name}
        if isinstance(value, Ref):
            return self._reference(value, of, place)
        if isinstance(value, Text):
            return self._text(value, of, place)
        return value

    def _text(self, text: Text, of: Address, place: Place) -> Any:
        template, params = "", {}
        for part in text.parts:
            if isinstance(part, str):
                template += part
                continue
            word = part.name if isinstance(part, Secret) else late_words(part)[2:-1]
            params[f"$({word})"] = self.rendered(part, of, place)
            template += f"$({word})"
        return {"str_replace": {"template": template, "params": params}}

    def _reference(self, ref: Ref, of: Address, place: Place) -> Any:
        id = self.id(ref.address)
        if not id:
            self._lose(of, place, f"{late_words(ref)} cannot be asked: Heat does not make it")
            return ref.address.name
        if ref.path:
            return {"get_attr": [id, *self.rendered(list(ref.path), of)]}
        if ref.attribute == "id":
            return {"get_resource": id}
        if ref.attribute == "name":
            return ref.address.name
        path = _ATTRIBUTES.get((ref.address.kind, ref.attribute))
        if path is None and ref.attribute == "addresses":
            path = self._addresses(ref)
            if not path:
                self._lose(of, place, f"{late_words(ref)}: Heat tells more than the addresses")
                path = ("fixed_ips",) if ref.address.kind == "port" else ("addresses",)
        return {"get_attr": [id, *(path or ("show", ref.attribute))]}

    def _addresses(self, ref: Ref) -> tuple[Any, ...]:
        """Return where Heat has the addresses of a server that is on one network."""
        if ref.address.kind != "server":
            return ()
        places = list(self.source.places(ref.address))
        if len(places) != 1 or places[0][0] != "network":
            return ()
        return ("networks", self.rendered(self.ref(*places[0]), ref.address))

    def _lose(self, of: Address, place: Place, message: str) -> None:
        if place:
            self.source.lose_at(place, message)
        else:
            self.source.lose(of, message)


def _ids(source: WorkedOut, kinds: Collection[str]) -> dict[Address, str]:
    written = [
        each for each in source.scenario.specs if each.kind in kinds and _can_be(source, each)
    ]
    written.sort(key=lambda each: each.kind not in _NAMELESS)
    counts = Counter(each.name for each in written if each.kind not in _NAMELESS)
    taken: set[str] = set()
    ids: dict[Address, str] = {}
    for address in written:
        name = address.name.replace("/", "-")
        is_shared = counts[address.name] > 1 and address.kind not in _NAMELESS
        is_side = address.kind in {"router_interface", "server_volume", "router_routes"}
        if is_side or is_shared or name in taken:
            name = f"{name}-{address.kind}"
        while name in taken:
            name += "-2"
        taken.add(name)
        ids[address] = name
    return ids


def _can_be(source: WorkedOut, address: Address) -> bool:
    spec: Any = source.scenario.specs[address]
    return address.kind != "image" or bool(spec.url)


# --- what the functions for each kind share -------------------------------------------------------


def said(fields: Fields, *names: str, **renamed: str) -> Fields:
    """Take the fields that Heat calls the same, and those that it calls otherwise."""
    found = {name: fields.pop(name) for name in names if name in fields}
    others = {ours: theirs for theirs, ours in renamed.items()}
    return found | {others[name]: fields.pop(name) for name in others if name in fields}


def with_specs(properties: Fields, fields: Fields, *names: str) -> Fields:
    """Add what Heat has no property for, and passes on to Neutron as it is."""
    specs = said(fields, *names)
    return properties | ({"value_specs": specs} if specs else {})


def lose_rest(writer: HotWriter, address: Address, fields: Fields) -> None:
    """Note what is left of the fields."""
    for name in fields:
        writer.source.lose(address, f"Heat has nothing for {name}", name)


def policy(writer: HotWriter, fields: Fields, name: str = "qos_policy") -> Fields:
    """Take the QoS policy out of the fields; ``null`` for none is what Heat does anyway."""
    named = fields.pop("qos_policy", None)
    return {name: writer.ref("qos_policy", named)} if isinstance(named, str) else {}
