# SPDX-License-Identifier: Apache-2.0
"""A volume: what is sent, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Difference,
    Names,
    Place,
    Progress,
    Reference,
)
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.block_storage.volume import (
    KIND,
    NewVolume,
    VolumeChange,
    VolumeSpec,
    VolumeState,
)

_ANSWER = {
    "id": "d-1",
    "status": "in-use",
    "size": 1,
    "availability_zone": "nova",
    "created_at": "2026-11-24T07:30:59.491067",
    "updated_at": None,
    "name": "data",
    "description": None,
    "volume_type": "__DEFAULT__",
    "snapshot_id": None,
    "source_volid": None,
    "metadata": {"a": "b"},
    "bootable": "false",
    "attachments": [{"server_id": "v-1", "device": "/dev/vdb", "attachment_id": "a-1"}],
    "os-vol-tenant-attr:tenant_id": "p-1",
    "consumes_quota": True,
}


def test_cinders_answer_is_read() -> None:
    """Names with colons, nulls and fields of newer clouds are no trouble."""
    state = msgspec.convert(_ANSWER, VolumeState)
    assert [column.value(state) for column in KIND.columns] == [
        *("d-1", "data", "in-use", 1, ["v-1 on /dev/vdb"])
    ]
    assert [column.value(state) for column in KIND.long_columns] == [
        *("__DEFAULT__", "false", {"a": "b"})
    ]
    assert state.project_id == "p-1"


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        ("creating", Progress.WAITING),
        ("downloading", Progress.WAITING),
        ("available", Progress.READY),
        ("in-use", Progress.READY),
        ("error", Progress.FAILED),
        ("error_deleting", Progress.FAILED),
    ],
)
def test_a_status_says_how_far_it_is(status: str, progress: Progress) -> None:
    """And what went wrong is told by the status alone."""
    state = VolumeState(id="d-1", status=status)
    assert KIND.progress(state) is progress
    assert KIND.failure(state) == f"its status is {status}"


def test_hints_stand_beside_the_volume() -> None:
    """Cinder takes them outside of the object."""
    new = NewVolume(name="data", size=1, image_id="i-1", scheduler_hints={"same_host": "d-2"})
    assert KIND.wrap(new) == {
        "volume": {"name": "data", "size": 1, "imageRef": "i-1"},
        "OS-SCH-HNT:scheduler_hints": {"same_host": "d-2"},
    }
    assert KIND.wrap(NewVolume(size=1)) == {"volume": {"size": 1}}
    assert KIND.wrap(VolumeChange(name="other")) == {"volume": {"name": "other"}}


# --- in a scenario --------------------------------------------------------------------------------

_DATA = Address("volume", "data")
_MARK = Mark("s", _DATA)
_SPEC = VolumeSpec(
    size=2,
    volume_type="fast",
    image="cirros",
    description="words",
    metadata={"role": "db"},
    availability_zone="nova",
)
_AS_ASKED = VolumeState(
    id="vol-1",
    name="data",
    description="words",
    status="available",
    size=2,
    volume_type="fast",
    availability_zone="nova",
    metadata={"role": "db", "stackloom": str(_MARK), "readonly": "False"},
    image_metadata={"image_id": "image-cirros-id"},
)


def _declaration() -> Declaration[VolumeSpec, VolumeState]:
    assert KIND.declaration is not None
    return KIND.declaration


def _compare(spec: VolumeSpec, state: VolumeState, ids: FakeIds) -> list[Difference]:
    return list(_declaration().compare(_DATA, spec, state, _MARK, ids))


def test_it_is_made_with_its_mark(ids: FakeIds) -> None:
    """In the metadata, beside the person's own."""
    fields = {
        "name": "data",
        "metadata": {"role": "db", "stackloom": "stackloom://s/volume.data"},
        "size": 2,
        "volume_type": "volume_type-fast-id",
        "imageRef": "image-cirros-id",
        "description": "words",
        "availability_zone": "nova",
    }
    assert KIND.create_call(_DATA, _SPEC, _MARK, ids) == Call(
        method="POST", path="/v3/volumes", body={"volume": fields}
    )
    assert KIND.create_call(_DATA, VolumeSpec(snapshot="before"), _MARK, ids) == Call(
        method="POST",
        path="/v3/volumes",
        body={
            "volume": {
                "name": "data",
                "metadata": {"stackloom": "stackloom://s/volume.data"},
                "snapshot_id": "volume_snapshot-before-id",
            }
        },
    )
    assert KIND.mark(_AS_ASKED, {}) == _MARK
    assert list(_declaration().needs(_AS_ASKED)) == ["image-cirros-id"]
    assert list(_declaration().needs(VolumeState(id="vol-2"))) == []
    assert _declaration().consumes(_SPEC, ids) == {"volume.volumes": 1, "volume.gigabytes": 2}
    assert _declaration().consumes(VolumeSpec(snapshot="before"), ids) == {"volume.volumes": 1}


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        (
            {"status": "error"},
            Difference(field="status", have="error", want="available", in_place=False),
        ),
        (
            {"image_metadata": {"image_id": "another"}},
            Difference(field="image", have="another", want="image-cirros-id", in_place=False),
        ),
        (
            {"availability_zone": "far"},
            Difference(field="availability_zone", have="far", want="nova", in_place=False),
        ),
        ({"size": 3}, Difference(field="size", have=3, want=2, in_place=False)),
        ({"size": 1}, Difference(field="size", have=1, want=2)),
        ({"volume_type": "slow"}, Difference(field="volume_type", have="slow", want="fast")),
        ({"name": "old"}, Difference(field="name", have="old", want="data")),
        ({"description": None}, Difference(field="description", have="", want="words")),
        (
            {"metadata": {"old": "x", "stackloom": str(_MARK)}},
            Difference(
                field="metadata",
                have={"old": "x", "stackloom": str(_MARK)},
                want={"role": "db", "stackloom": str(_MARK)},
            ),
        ),
    ],
)
def test_a_difference_is_told_with_whether_it_can_be_changed(
    changes: Mapping[str, Any], difference: Difference, ids: FakeIds
) -> None:
    """It grows and changes its type in place; it never shrinks."""
    assert _compare(_SPEC, _AS_ASKED, ids) == []
    assert _compare(_SPEC, msgspec.structs.replace(_AS_ASKED, **changes), ids) == [difference]


def test_what_is_not_said_is_not_compared(ids: FakeIds) -> None:
    """Of one made from a snapshot only that is known."""
    state = msgspec.structs.replace(
        _AS_ASKED, snapshot_id="volume_snapshot-before-id", image_metadata=None
    )
    assert _compare(VolumeSpec(snapshot="before"), state, ids) == []


def test_what_it_is_copied_from_shows_once_it_is(ids: FakeIds) -> None:
    """A second apply meanwhile waits for it in place of making it anew."""
    state = msgspec.structs.replace(_AS_ASKED, status="downloading", image_metadata=None)
    assert _compare(_SPEC, state, ids) == []
    assert KIND.progress(state) is Progress.WAITING
    (difference,) = _compare(_SPEC, msgspec.structs.replace(state, status="available"), ids)
    assert difference == Difference(
        field="image", have=None, want="image-cirros-id", in_place=False
    )


def test_changes_go_out_together_as_far_as_they_can() -> None:
    """A volume that grows cannot change its type at the same time: that is left for later."""
    member = "/v3/volumes/vol-1"
    name = Difference(field="name", have="old", want="data")
    metadata = Difference(field="metadata", have={}, want={"role": "db"})
    size = Difference(field="size", have=1, want=2)
    type = Difference(field="volume_type", have="slow", want="fast")
    put = Call(method="PUT", path=member, body={"volume": {"name": "data"}})
    tell = Call(method="PUT", path=f"{member}/metadata", body={"metadata": {"role": "db"}})
    grow = Call(method="POST", path=f"{member}/action", body={"os-extend": {"new_size": 2}})
    retype = Call(
        method="POST",
        path=f"{member}/action",
        body={"os-retype": {"new_type": "fast", "migration_policy": "on-demand"}},
    )
    assert KIND.update_calls(_AS_ASKED, [name, metadata, size, type]) == [put, tell, grow]
    assert KIND.update_calls(_AS_ASKED, [type]) == [retype]
    assert KIND.update_calls(_AS_ASKED, [name]) == [put]
    assert _declaration().takes_time == ("size", "volume_type")


@pytest.mark.parametrize(
    ("spec", "place", "message"),
    [
        (VolumeSpec(), (), "a volume needs a size"),
        (VolumeSpec(size=0), ("size",), "a volume has at least 1 GiB"),
        (
            VolumeSpec(size=1, image="a", snapshot="b"),
            ("snapshot",),
            "a volume is copied from an image or from a snapshot, not from both",
        ),
        (
            VolumeSpec(size=1, metadata={"stackloom": "mine"}),
            ("metadata", "stackloom"),
            'the metadata key "stackloom" is where stackloom keeps its mark',
        ),
    ],
)
def test_what_cannot_be_is_refused(spec: VolumeSpec, place: Place, message: str) -> None:
    """Before Cinder does."""
    told = [(fault.place, fault.message) for fault in _declaration().faults(spec)]
    assert told == [(place, message)]


def test_it_names_what_it_is_copied_from() -> None:
    """The image with its data; everything may be of the cloud."""
    spec = msgspec.structs.replace(_SPEC, image="mine")
    assert list(_declaration().references(spec)) == [
        Reference(kind="image", name="mine", place=("image",), declared=False, whole=True),
        Reference(kind="volume_type", name="fast", place=("volume_type",), declared=False),
    ]
    assert list(_declaration().references(VolumeSpec(snapshot="before"))) == [
        Reference(kind="volume_snapshot", name="before", place=("snapshot",), declared=False)
    ]


def test_it_is_adopted_and_captured(names: Names) -> None:
    """The mark comes beside what is there; the entry makes the same again."""
    adopt = _declaration().adopt
    assert adopt is not None
    assert adopt(_AS_ASKED, _MARK) == Call(
        method="POST",
        path="/v3/volumes/vol-1/metadata",
        body={"metadata": {"stackloom": "stackloom://s/volume.data"}},
    )
    assert _declaration().capture(_AS_ASKED, names) == {
        "size": 2,
        "volume_type": "fast",
        "image": "cirros",
        "description": "words",
        "metadata": {"role": "db"},
    }
    plain = VolumeState(id="vol-2", size=1, volume_type="__DEFAULT__", description=None)
    assert _declaration().capture(plain, names) == {"size": 1}


def test_it_is_drawn_as_a_badge() -> None:
    """By itself, with its size; servers that have it say so."""
    badge = Badge(on="", key="vol-1", sort="volume", label="data", note="2 GiB", status="available")
    assert list(KIND.sketch(_AS_ASKED)) == [badge]
    assert list(_declaration().sketch(_DATA, _SPEC, {})) == [
        Badge(on="", key="volume.data", sort="volume", label="data", note="2 GiB")
    ]
    assert list(_declaration().sketch(_DATA, VolumeSpec(snapshot="before"), {})) == [
        Badge(on="", key="volume.data", sort="volume", label="data")
    ]
