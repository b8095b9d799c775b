# SPDX-License-Identifier: Apache-2.0
"""Three kinds of a garden, and tools that are only looked up: enough to try the engine on.

A bed may bring a plant of its own name (``crop``), a plant is a part of its bed, and a gardener
waits for beds with all their plants, borrows tools that are there already, and may follow others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Declared,
    Difference,
    Fault,
    Ids,
    Kind,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark


class Fence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What keeps rabbits out."""

    height: int
    colour: str | None = None


class BedSpec(Spec, frozen=True, kw_only=True):
    """A bed. ``size`` can be changed, ``soil`` cannot."""

    size: int = 1
    soil: str = "loam"
    crop: str = ""
    slope: float = 0.0
    fence: Fence | msgspec.UnsetType | None = msgspec.UNSET


class BedState(State, frozen=True, kw_only=True):
    """A bed that is there."""

    size: int = 1
    soil: str = "loam"


class Water(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much water, and when."""

    litres: int
    weekly: bool = True


class PlantSpec(Spec, frozen=True, kw_only=True):
    """A plant in a bed."""

    bed: str
    sort: str = "bean"
    watering: tuple[Water, ...] = ()
    light: Literal["sun", "shade"] = "sun"
    tied_to: str = ""


class PlantState(State, frozen=True, kw_only=True):
    """A plant that is there."""

    bed_id: str
    sort: str = "bean"


class GardenerSpec(Spec, frozen=True, kw_only=True):
    """Somebody who minds beds."""

    beds: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()


class GardenerState(State, frozen=True, kw_only=True):
    """Somebody who is there."""

    bed_ids: tuple[str, ...] = ()


def _brings(address: Address, spec: BedSpec, _declared: Declared) -> Iterator[tuple[Address, Spec]]:
    if spec.crop:
        yield Address("plant", address.name), PlantSpec(bed=address.name, sort=spec.crop)


def _faults(spec: BedSpec) -> Iterator[Fault]:
    if spec.size < 1:
        yield Fault(place=("size",), message="a bed has a size", hint="1 or more")


def _compare_bed(
    _address: Address, spec: BedSpec, state: BedState, _mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    pairs: list[tuple[str, object, object, bool]] = [
        ("size", state.size, spec.size, True),
        ("soil", state.soil, spec.soil, False),
    ]
    return differences(pairs)


def _compare_plant(
    _address: Address, spec: PlantSpec, state: PlantState, _mark: Mark, ids: Ids
) -> Iterator[Difference]:
    pairs: list[tuple[str, object, object, bool]] = [
        ("bed_id", state.bed_id, ids("bed", spec.bed), False),
        ("sort", state.sort, spec.sort, True),
    ]
    return differences(pairs)


def _compare_gardener(
    _address: Address, spec: GardenerSpec, state: GardenerState, _mark: Mark, ids: Ids
) -> Iterator[Difference]:
    wanted = sorted(ids("bed", name) for name in spec.beds)
    return differences([("bed_ids", sorted(state.bed_ids), wanted, True)])


def _plant_references(spec: PlantSpec) -> Iterator[Reference]:
    yield Reference(kind="bed", name=spec.bed, place=("bed",))
    if spec.tied_to:
        yield Reference(kind="plant", name=spec.tied_to, place=("tied_to",))


def _gardener_references(spec: GardenerSpec) -> Iterator[Reference]:
    for index, name in enumerate(spec.beds):
        yield Reference(kind="bed", name=name, place=("beds", index), whole=True)
    for index, name in enumerate(spec.tools):
        yield Reference(kind="tool", name=name, place=("tools", index), declared=False)
    for index, name in enumerate(spec.follows):
        yield Reference(kind="gardener", name=name, place=("follows", index))


def _create(address: Address, spec: Spec, mark: Mark, _ids: Ids) -> Call:
    body = {address.kind: {"name": address.name, "description": str(mark)}}
    return Call(method="POST", path=f"/{address.kind}s", body=body)


BED = Kind(
    name="bed",
    plural="beds",
    service="garden",
    path="/beds",
    state=BedState,
    bulk=True,
    declaration=Declaration(
        spec=BedSpec,
        section="beds",
        expand=_brings,
        faults=_faults,
        create=_create,
        compare=_compare_bed,
    ),
)
PLANT = Kind(
    name="plant",
    plural="plants",
    service="garden",
    path="/plants",
    state=PlantState,
    declaration=Declaration(
        spec=PlantSpec,
        section="plants",
        references=_plant_references,
        create=_create,
        compare=_compare_plant,
        needs=lambda state: [state.bed_id],
        part_of="bed",
    ),
)
GARDENER = Kind(
    name="gardener",
    plural="gardeners",
    service="garden",
    path="/gardeners",
    state=GardenerState,
    declaration=Declaration(
        spec=GardenerSpec,
        section="gardeners",
        references=_gardener_references,
        create=_create,
        compare=_compare_gardener,
        needs=lambda state: state.bed_ids,
    ),
)
TOOL = Kind(name="tool", plural="tools", service="garden", path="/tools", state=State)

TOY_KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (BED, PLANT, GARDENER, TOOL)}
