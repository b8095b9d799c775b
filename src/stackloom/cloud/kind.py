# SPDX-License-Identifier: Apache-2.0
"""The words to describe a kind of resource; a kind is data and pure functions, one file each.

A ``Kind`` says how the API speaks of it. Its ``Declaration``, where it has one, says how a scenario
asks for it and what requests bring it about. Neither does any I/O, so the planner decides with them
and the executor carries out what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

import msgspec

from stackloom.auth.token import Token
from stackloom.cloud.mark import Address, Mark, read_mark
from stackloom.cloud.sketch import Part

Place = tuple[str | int, ...]
"""Where something stands inside a spec: ``("fixed_ips", 0, "subnet")``."""


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user asks of one resource, as it stands in the file."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the cloud answers about one resource."""

    id: str
    name: str | None = ""
    description: str | None = ""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be said when one is made, or changed: fields of the API, those not given left out.

    A field that may be left out has ``UNSET`` as its default; ``None`` is sent as ``null``.
    """


SpecT = TypeVar("SpecT", bound=Spec)
StateT = TypeVar("StateT", bound=State)


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A spec names another resource.

    Attributes:
        kind, name: what is meant.
        place: where it is named, for messages.
        whole: wait for its parts as well: a port for all subnets of its network.
        declared: it must stand in the scenario; otherwise it is looked up in the cloud.
        rebinds: where it is replaced, this one is changed in place and points to the new one; else
            this one is replaced with it.
        complete: its whole state is needed to make this one, with what other kinds' lists tell of
            it, such as the ports of a server; ``Ids.state`` has it then.
    """

    kind: str
    name: str
    place: Place = ()
    whole: bool = False
    declared: bool = True
    rebinds: bool = False
    complete: bool = False

    @property
    def address(self) -> Address:
        """The address that it would have inside the scenario."""
        return Address(self.kind, self.name)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a spec that shows without a cloud."""

    place: Place
    message: str
    hint: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A field in which the cloud is not what the scenario says.

    Attributes:
        field: the API's name for it.
        have, want: the values, as plain JSON.
        in_place: a PUT brings it about; otherwise the resource has to be replaced.
        want_id: the cloud's id of what is wanted, where *want* is its name and requests take ids.
    """

    field: str
    have: object
    want: object
    in_place: bool = True
    want_id: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request to a service, as data.

    Attributes:
        body: sent as JSON: an object, or the list of a JSON patch.
        file: the path of a file that is streamed as the body instead.
        media_type: of the body, where it is not JSON.
        service: which one it is for, where that is not the kind's: a server's ports are Neutron's.
    """

    method: str
    path: str
    body: Mapping[str, Any] | Sequence[Any] | None = None
    file: str = ""
    media_type: str = ""
    service: str = ""


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What a spec needs of the cloud or of the person; checked when it is planned.

    Attributes:
        place: the field that needs it.
        extension: the alias of a Neutron extension.
        admin: by the services' default policies only an administrator may say this.
    """

    place: Place
    extension: str = ""
    admin: bool = False


class Progress(Enum):
    """How far a resource is on its way to being usable."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"


class Ids(Protocol):
    """What the names inside specs mean on this cloud."""

    def __call__(self, kind: str, name: str) -> str:
        """Return the cloud's id of a resource named in a spec; "" while it has none."""

    def cloud_name(self, kind: str, name: str) -> str:
        """Return the name that it has in the cloud, where *name* may be an id."""

    def state(self, kind: str, name: str) -> Any:
        """Return the state of a resource named in a spec; None while it has none."""


class Names(Protocol):
    """What ids of the cloud are called in a scenario that is being written."""

    def __call__(self, kind: str, id: str) -> str:
        """Return its name in the file; "" for what does not stand in it."""

    def outside(self, kind: str, id: str) -> str:
        """Return how a file names what it does not make, such as an image: by name, or by id."""


Declared = Mapping[Address, Spec]
"""Every spec of a scenario by its address."""

Listed = Mapping[str, Sequence[Any]]
"""What the cloud has, by kind: the states of one refresh."""

UNKNOWN = "(known after apply)"
"""Stands for the id of what does not exist yet, wherever a plan compares or shows it."""


def _nothing(*_arguments: object) -> tuple[()]:
    return ()


def _never_created(address: Address, _spec: Spec, _mark: Mark, _ids: Ids) -> Call:
    raise AssertionError(f"{address} is a facet: it comes with its owner")


class Declaration(msgspec.Struct, Generic[SpecT, StateT], frozen=True, kw_only=True):
    """How a scenario asks for a kind, and what brings it about.

    Attributes:
        spec: its struct in the file.
        section: its key at the top of the file; empty where it is only ever implied.
        references: the other resources that a spec names.
        faults: what is wrong with a spec, seen without a cloud.
        faults_together: what is wrong with how resources stand to each other, seen without a cloud:
            ranges of one router that overlap. Asked once a kind, with every spec of the scenario,
            each of which is right by itself; what is named may be missing.
        address_of: the address of one whose mark cannot keep the name that it has in the file; the
            address says then what it is, as the mark does.
        expand: the further specs that a short form stands for. Called until nothing new comes, so
            a router's can look at the subnets that a network's has brought.
        create: the request that makes it; of calls to one path with ``{kind: {...}}`` as bodies,
            Neutron makes many in one request.
        made: the state inside the answer to ``create``.
        progress: how far one is on its way to what the scenario needs of it first, where that is
            not the same as being usable: an image that waits for its data.
        compare: where the cloud differs from the spec.
        update: the requests that bring about differences that are all in place. They are sent one
            after the other; where the answer to one is lost, the state is read and compared anew.
        takes_time: fields whose change is not done with the answer, or brings further ones. After
            it the resource is awaited, read and compared anew until nothing differs: a server that
            is resized asks to be confirmed, a place on a network leaves a little later.
        delete: the requests that take it away; a facet's, that take it back to rest.
        needs: the ids that cannot be deleted before it.
        waits: resources of the scenario that have to be there first although the spec does not name
            them: a floating IP waits for the router between its network and its port.
        part_of: the kind it is a part of, such as network for subnet; its spec names that one in a
            reference.
        facet_of: the kind of which it is a side, such as the rules of a security group: it exists
            with its owner. ``derive`` yields one for every owner, ``mark`` is the owner's with its
            own kind, its spec names the owner in a reference, and its name is the owner's. To make
            it is to compare it with what ``derive`` finds in the owner's fresh state, and to send
            what ``update`` says, until nothing differs; ``create`` is never asked.
        at_rest: a facet that is as it is where nobody asks for one, so that there is nothing to
            take back: a router without routes.
        contended: the service's names for refusals that another step of the same plan may be about
            to lift, such as the place that another floating IP still has; asked again shortly.
        leaves_with: the id of the one whose deletion takes it away as well: a network and its
            subnets. It costs no request then.
        requires: extensions and rights that a spec needs.
        consumes: what one of them takes from which quota: ``{"compute.cores": 2}``.
        check: what is wrong with a spec, seen with what it names in the cloud.
        attributes: what ``${kind.name.attribute}`` gives beside the fields of the state, by name.
        paths: fields that are paths of files, beside the scenario's own file.
        adopt: the request that puts a mark on one that somebody else made; None: it takes none.
        capture: the entry of a scenario file that would bring one about, as plain values; None for
            one that needs no entry, such as a port that Nova makes.
        lane: resources with one lane are made one after the other where the service's CPU is what
            takes the time, several at once where the way to it is; ``delete_lane`` the same for
            taking away. A near router works through its interfaces one by one anyway, and holding
            them back costs it least.
        sketch: what it looks like before it exists.
    """

    spec: type[SpecT]
    section: str = ""
    references: Callable[[SpecT], Iterable[Reference]] = _nothing
    faults: Callable[[SpecT], Iterable[Fault]] = _nothing
    faults_together: Callable[[Declared], Iterable[tuple[Address, Fault]]] = _nothing
    address_of: Callable[[Address, SpecT], Address] = lambda address, _spec: address
    expand: Callable[[Address, SpecT, Declared], Iterable[tuple[Address, Spec]]] = _nothing
    create: Callable[[Address, SpecT, Mark, Ids], Call] = _never_created
    made: Callable[[Mapping[str, Any], Call], StateT] | None = None
    progress: Callable[[StateT], Progress] | None = None
    compare: Callable[[Address, SpecT, StateT, Mark, Ids], Iterable[Difference]]
    update: Callable[[StateT, Sequence[Difference]], Sequence[Call]] | None = None
    takes_time: tuple[str, ...] = ()
    delete: Callable[[StateT], Call | Sequence[Call]] | None = None
    needs: Callable[[StateT], Iterable[str]] = _nothing
    waits: Callable[[Address, SpecT, Declared], Iterable[Address]] = _nothing
    part_of: str = ""
    facet_of: str = ""
    at_rest: Callable[[StateT], bool] = lambda _state: False
    contended: frozenset[str] = frozenset()
    leaves_with: Callable[[StateT], str] = lambda _state: ""
    requires: Callable[[SpecT], Iterable[Requirement]] = _nothing
    consumes: Callable[[SpecT, Ids], Mapping[str, int]] = lambda _spec, _ids: {}
    check: Callable[[SpecT, Ids], Iterable[Fault]] = _nothing
    attributes: Mapping[str, Callable[[StateT], Any]] = {}
    paths: tuple[str, ...] = ()
    adopt: Callable[[StateT, Mark], Call] | None = None
    capture: Callable[[StateT, Names], Mapping[str, Any] | None] = lambda _state, _names: None
    lane: Callable[[SpecT], str] | None = None
    delete_lane: Callable[[StateT], str] | None = None
    sketch: Callable[[Address, SpecT, Declared], Iterable[Part]] = _nothing


def _own_description(state: State, _listed: Listed) -> Mark | None:
    return read_mark(state.description)


class Column(msgspec.Struct, Generic[StateT], frozen=True, kw_only=True):
    """One column of a list: its title as in the ``openstack`` client, and its value."""

    title: str
    value: Callable[[StateT], object]


class Kind(msgspec.Struct, Generic[StateT], frozen=True, kw_only=True):
    """A kind of resource, as its API speaks of it.

    Attributes:
        name: ours, such as ``floating_ip``.
        plural: the key of many in the API's bodies, such as ``floatingips``.
        key: the key of one in the API's bodies where it is not the name, such as ``floatingip``.
        noun: what commands call it where that is not its name, such as ``network trunk``.
        parent: the module of the kind below whose members it is, such as
            ``network.floating_ip``; ``{parent}`` in its paths stands for that one's id, which
            ``under`` fills in.
        parent_has: whether a parent's state says that it has any; one that has none is not asked.
        wrapped: bodies hold one under its key; Glance sends and takes it bare.
        new: what can be said when one is made; None where it cannot be made.
        change: what can be changed afterwards; None for nothing.
        update_method: how: ``PUT`` (Neutron, Nova) or ``PATCH`` (Keystone, Glance).
        service: its type in the catalog.
        path: where it is listed and created; ``{user_id}`` and ``{project_id}`` stand for the
            token's own.
        list_path: where its whole states are listed, if elsewhere than at ``path``.
        microversion: the oldest that its requests and states are written for; empty for services
            without.
        newest_microversion: the newest; where it is given, the highest that the service has as well
            is asked for. Empty: always ``microversion``.
        project_query: the parameter that limits a list to one project, empty where the service
            does so by itself.
        name_query: the parameter that filters a list by name, empty where it is no exact match.
        name_pattern: what ``name_query`` is given, for a service that takes an expression.
        has_name: False for kinds that are known by their ids alone.
        has_pages: False for lists that refuse ``limit`` and ``marker``.
        own_list: the path of a list of the user's own, for those who may not list all.
        also_by: a second parameter that filters by what a person may say instead of the name.
        in_token: the id and name of the one that a token is about, for those who may see no other:
            a member may not list projects, but may look at the own one.
        bulk: the API makes many in one request.
        beside: fields of ``new`` that stand beside the object in the body, not inside it.
        inline: a field of ``new`` and ``change`` whose keys stand among the fields themselves.
        reshape: turns what the service answers about one into what ``state`` reads, where the
            fields alone do not do it.
        json_patch: it is changed by a list of operations (RFC 6902), and this is their media type.
        columns: what a list shows.
        long_columns: what it shows as well with ``--long``.
        derive: builds its states from the lists of other kinds, where no list of its own tells
            them (a router interface is a port), or completes them (a server and its ports).
        derived_from: the kinds whose lists that needs.
        has_own_list: False for what only ``derive`` finds.
        mark: reads the mark off a state.
        progress: whether a state is usable yet.
        failure: what went wrong with one that failed, in the cloud's words.
        leaves_late: the answer to its DELETE comes before it is gone.
        sketch: what it looks like in a picture.
    """

    name: str
    plural: str
    service: str
    path: str
    state: type[StateT]
    key: str = ""
    noun: str = ""
    parent: str = ""
    parent_has: Callable[[Any], bool] = lambda _parent: True
    wrapped: bool = True
    new: type[Body] | None = None
    change: type[Body] | None = None
    update_method: str = "PUT"
    list_path: str = ""
    microversion: str = ""
    newest_microversion: str = ""
    project_query: str = ""
    name_query: str = "name"
    name_pattern: Callable[[str], str] = lambda name: name
    has_name: bool = True
    has_pages: bool = True
    own_list: str = ""
    also_by: str = ""
    in_token: Callable[[Token], tuple[str, str]] | None = None
    bulk: bool = False
    beside: tuple[str, ...] = ()
    inline: str = ""
    reshape: Callable[[Any], Any] | None = None
    json_patch: str = ""
    columns: tuple[Column[StateT], ...] = ()
    long_columns: tuple[Column[StateT], ...] = ()
    derive: Callable[[Listed], Sequence[StateT]] | None = None
    derived_from: tuple[str, ...] = ()
    has_own_list: bool = True
    mark: Callable[[StateT, Listed], Mark | None] = _own_description
    progress: Callable[[StateT], Progress] = lambda _state: Progress.READY
    failure: Callable[[StateT], str] = lambda _state: ""
    leaves_late: bool = False
    declaration: Declaration[Any, StateT] | None = msgspec.field(default=None)
    sketch: Callable[[StateT], Iterable[Part]] = _nothing

    @property
    def listed_at(self) -> str:
        """The path of its list."""
        return self.list_path or self.path

    @property
    def wire_key(self) -> str:
        """The key of one in the API's bodies."""
        return self.key or self.name

    @property
    def words(self) -> str:
        """What commands call it."""
        return self.noun or self.name.replace("_", " ")

    def under(self, parent_id: str) -> Kind[StateT]:
        """Return this kind as it is below one of its parents."""
        assert self.parent, f"{self.name} is not below another kind"
        path = self.path.replace("{parent}", quote(parent_id, safe=""))
        return msgspec.structs.replace(self, path=path)

    def wrap(self, fields: object) -> object:
        """Return the body of a request that says *fields* of one."""
        if not self.wrapped:
            return fields
        if not self.beside and not self.inline:
            return {self.wire_key: fields}
        inside = msgspec.to_builtins(fields)
        inside |= inside.pop(self.inline, {})
        beside = {name: inside.pop(name) for name in self.beside if name in inside}
        return {self.wire_key: inside, **beside}

    def patch(self, change: object) -> object:
        """Return the body of a request that changes one: its fields, or operations."""
        if not self.json_patch:
            return self.wrap(change)
        return [
            {"op": "add", "path": f"/{pointer(name)}", "value": value}
            for name, value in msgspec.to_builtins(change).items()
        ]

    def member_path(self, id: str) -> str:
        """Return the path of one of them; *id* may be a name that a person typed."""
        return f"{self.path}/{quote(id, safe='')}"

    def create_call(self, address: Address, spec: Spec, mark: Mark, ids: Ids) -> Call:
        """Return the request that makes what *spec* asks for."""
        return self._declared.create(address, spec, mark, ids)

    def update_calls(self, state: StateT, changes: Sequence[Difference]) -> Sequence[Call]:
        """Return the requests that bring about *changes*: by default one PUT."""
        if self._declared.update:
            return self._declared.update(state, changes)
        fields = {change.field: change.want for change in changes}
        return [Call(method="PUT", path=self.member_path(state.id), body={self.wire_key: fields})]

    def delete_calls(self, state: StateT) -> Sequence[Call]:
        """Return the requests that take it away: by default one DELETE."""
        if not self._declared.delete:
            return [Call(method="DELETE", path=self.member_path(state.id))]
        calls = self._declared.delete(state)
        return [calls] if isinstance(calls, Call) else calls

    def lane(self, spec: Spec | None, state: StateT | None) -> str:
        """Return the lane of a step that makes *spec*, or takes *state* away; "" for none."""
        declared = self._declared
        if spec is not None:
            return declared.lane(spec) if declared.lane else ""
        return declared.delete_lane(state) if declared.delete_lane and state is not None else ""

    def made(self, answer: Mapping[str, Any], call: Call) -> StateT:
        """Return the state inside the answer to a create call."""
        if self._declared.made:
            return self._declared.made(answer, call)
        return msgspec.convert(answer[self.wire_key], self.state)

    @property
    def _declared(self) -> Declaration[Any, StateT]:
        assert self.declaration is not None, f"{self.name} cannot stand in a scenario"
        return self.declaration


def pointer(name: str) -> str:
    """Write a name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def differences(pairs: Iterable[tuple[str, object, object, bool]]) -> Iterator[Difference]:
    """Yield a difference for each ``(field, have, want, in_place)`` whose values differ.

    A *want* of ``msgspec.UNSET`` was not asked for: whatever the cloud has is right.
    """
    for name, have, want, in_place in pairs:
        if want is not msgspec.UNSET and have != want:
            yield Difference(field=name, have=have, want=want, in_place=in_place)
