# SPDX-License-Identifier: Apache-2.0
"""A scenario as other tools want it: plain fields that point to other resources. Pure.

Counts, variables and short forms are worked out already; what is left are names, and values that
only the cloud knows. Names of what the scenario does not make stay names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from stackloom.cloud.kind import UNKNOWN, Declaration, Place
from stackloom.cloud.mark import Address, Mark
from stackloom.scenario.attributes import Late, fill
from stackloom.scenario.convert.losses import Losses
from stackloom.scenario.loader import Loaded
from stackloom.scenario.model import Kinds, needs

_TOKEN = re.compile("\0([^\0]*)\0")
_SECRET = "secret"  # noqa: S105 - it tells tokens of secrets from others


@dataclass(frozen=True, slots=True)
class Ref:
    """An attribute of another resource; its id, where nothing else is said.

    Attributes:
        path: what the other side calls it, where a writer says so itself; references in it count.
    """

    address: Address
    attribute: str = "id"
    path: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Secret:
    """The value of a secret variable, which is not written; they are counted from 1."""

    number: int

    @property
    def name(self) -> str:
        """What it is called on the other side."""
        return f"secret_{self.number}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text of plain parts, references and secrets."""

    parts: tuple[str | Ref | Secret, ...]


Fields = dict[str, Any]


class WorkedOut:
    """What a writer asks about a scenario."""

    def __init__(self, loaded: Loaded, kinds: Kinds) -> None:
        self.loaded = loaded
        self.scenario = loaded.scenario
        self.kinds = kinds
        self.losses = Losses(loaded.document)
        longest_first = sorted(set(self.scenario.secrets), key=lambda text: (-len(text), text))
        self._secrets = [text for text in longest_first if text]
        for secret in self.secrets:
            self.losses.add(("variables",), f"{secret.name} stands for a secret; give its value")

    @property
    def secrets(self) -> list[Secret]:
        """Every secret that there is."""
        return [Secret(number) for number in range(1, len(self._secrets) + 1)]

    @cached_property
    def needs(self) -> dict[Address, set[Address]]:
        """What each resource waits for."""
        return needs(self.kinds, self.scenario)

    def declaration(self, kind: str) -> Declaration[Any, Any]:
        """Return how scenarios ask for a kind."""
        declaration = self.kinds[kind].declaration
        assert declaration is not None, "only declared kinds stand in scenarios"
        return declaration

    def addresses(self, *kinds: str) -> list[Address]:
        """Return the resources of some kinds, in the order of the file."""
        return [address for address in self.scenario.specs if address.kind in kinds]

    def lose(self, address: Address, message: str, *place: str | int, hint: str = "") -> None:
        """Note that something of a resource has no counterpart."""
        around = self.loaded.places.get(address, ())
        self.losses.add((*around, *place), f"{address}: {message}", hint)

    def lose_at(self, place: Place, message: str, hint: str = "") -> None:
        """Note the same of what is no resource."""
        self.losses.add(place, message, hint)

    # --- fields -----------------------------------------------------------------------------------

    def fields(self, address: Address) -> Fields:
        """Return what a spec says that is not usual anyway."""
        spec = self.scenario.specs[address]
        plain = msgspec.to_builtins(spec)
        said = {
            each.encode_name: plain[each.encode_name]
            for each in msgspec.structs.fields(spec)
            if each.encode_name in plain and getattr(spec, each.name) not in (each.default, {})
        }
        return self.value(said, has_late=address in self.scenario.late)  # type: ignore[no-any-return]

    def value(self, value: Any, *, has_late: bool = True) -> Any:
        """Return plain values with references in the place of what only the cloud knows."""
        if has_late:
            value = fill(value, lambda late: f"\0{late.address} {late.attribute}\0")
        return self._opened(value)

    def _opened(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._opened(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._opened(each) for each in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> Any:
        for number, secret in enumerate(self._secrets, 1):
            text = text.replace(secret, f"\0{_SECRET} {number}\0")
        if "\0" not in text:
            return text
        pieces = _TOKEN.split(text)  # plain ones at even places
        parts = tuple(
            _part(piece) if index % 2 else piece for index, piece in enumerate(pieces) if piece
        )
        whole = parts[0] if len(parts) == 1 else None
        return whole if isinstance(whole, Ref | Secret) else Text(parts)

    # --- what others are called -------------------------------------------------------------------

    def found_by(self, address: Address) -> tuple[str, str]:
        """Return how the cloud knows what the scenario does not make: ``("name", "public")``."""
        query = self.scenario.existing.get(address, {})
        for how in ("id", "name"):
            if how in query and len(query) == 1:
                return how, query[how]
        if query:
            shown = ", ".join(f"{key} {value}" for key, value in query.items())
            place = ("existing", self.declaration(address.kind).section, address.name)
            self.losses.add(place, f"{address} is looked up by its name alone, not by {shown}")
        return "name", address.name

    # --- rules of groups --------------------------------------------------------------------------

    def rules(self, group: Address) -> list[Fields]:
        """Return the rules of a group, one by one, as Neutron has them."""
        facet = Address("security_group_rules", group.name)
        spec = self.scenario.specs.get(facet)
        if spec is None:
            return []
        kind = self.kinds[facet.kind]
        mark = Mark(self.scenario.name, facet)
        nothing = kind.state(id="")
        differences = self.declaration(facet.kind).compare(facet, spec, nothing, mark, _Tokens())
        wanted: list[Mapping[str, Any]] = [
            each.want for each in differences if isinstance(each.want, Mapping)
        ]
        if any(UNKNOWN in rule.values() for rule in wanted):
            message = "a rule about an address that only the cloud knows is left out"
            self.lose(group, message, "rules")
        return [self._opened(dict(rule)) for rule in wanted if UNKNOWN not in rule.values()]

    # --- servers and what leads to them -----------------------------------------------------------

    def places(self, address: Address) -> Iterator[tuple[str, str]]:
        """Yield where a server is, in order: ``("network", name)`` or ``("port", name)``."""
        spec: Any = self.scenario.specs[address]
        implied = iter(
            found.name
            for found, _ in self.declaration("server").expand(address, spec, self.scenario.specs)
            if found.kind == "port"
        )
        for each in spec.networks:
            if isinstance(each, str):
                yield "network", each
            else:
                yield "port", each.port or next(implied)
        for port in spec.ports:
            yield "port", port

    def place_reached(self, address: Address) -> tuple[str, str]:
        """Return the place of a server to which a floating IP or a port forwarding leads.

        That is the one that it names, or else the first that a router of the scenario serves.
        """
        spec: Any = self.scenario.specs[address]
        server = Address("server", spec.server)
        if server not in self.scenario.specs:
            return "", ""
        places = list(self.places(server))
        served = {spec.on} if spec.on else set(self._networks_served(self.needs[address]))
        fitting = (each for each in places if self._network_of(*each) in served)
        return next(fitting, places[0] if places else ("", ""))

    def _networks_served(self, needed: Iterable[Address]) -> Iterator[str]:
        for leg in needed:
            if leg.kind == "router_interface":
                spec: Any = self.scenario.specs[leg]
                subnet: Any = self.scenario.specs.get(Address("subnet", spec.subnet))
                yield subnet.network if subnet else self._network_of("port", spec.port)

    def _network_of(self, kind: str, name: str) -> str:
        port: Any = self.scenario.specs.get(Address("port", name)) if kind == "port" else None
        return port.network if port else name


def _part(token: str) -> Ref | Secret:
    named, _, attribute = token.partition(" ")
    if named == _SECRET:
        return Secret(int(attribute))
    kind, _, name = named.partition(".")
    return Ref(Address(kind, name), attribute)


class _Tokens:
    """Ids that say what they are of; see ``cloud.kind.Ids``."""

    def __call__(self, kind: str, name: str) -> str:
        return f"\0{kind}.{name} id\0"

    def cloud_name(self, _kind: str, name: str) -> str:
        return name

    def state(self, _kind: str, _name: str) -> Any:
        return None


def referenced(value: Any) -> set[Address]:
    """Return every resource that fields point to."""
    if isinstance(value, Ref):
        return {value.address} | referenced(value.path)
    if isinstance(value, Text):
        return {part.address for part in value.parts if isinstance(part, Ref)}
    if isinstance(value, dict):
        return {address for each in value.values() for address in referenced(each)}
    if isinstance(value, list | tuple):
        return {address for each in value for address in referenced(each)}
    return set()


def late_words(ref: Ref) -> str:
    """Return how a scenario writes a reference."""
    return str(Late(ref.address, ref.attribute))
