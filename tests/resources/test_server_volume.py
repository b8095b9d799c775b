# SPDX-License-Identifier: Apache-2.0
"""Nova's side of an attachment is known by the volume's id."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Declaration, Progress, Reference
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.block_storage.volume import VolumeState
from stackloom.resources.compute._server_volume import ServerVolumeSpec
from stackloom.resources.compute.server import ServerState
from stackloom.resources.compute.server_volume import KIND, NewServerVolume, ServerVolumeState


def test_novas_answer_is_read() -> None:
    """From 2.89 on it has no id of its own any more."""
    answer = {
        "device": "/dev/vdb",
        "serverId": "v-1",
        "volumeId": "d-1",
        "tag": None,
        "delete_on_termination": True,
        "attachment_id": "a-1",
        "bdm_uuid": "b-1",
    }
    assert KIND.reshape is not None
    state = msgspec.convert(KIND.reshape(answer), ServerVolumeState)
    assert state.id == "d-1"
    assert [column.value(state) for column in KIND.columns] == [
        *("/dev/vdb", "v-1", "d-1", None, True, "a-1", "b-1")
    ]


def test_a_volume_is_named_as_nova_spells_it() -> None:
    """And what is not said is left out."""
    assert msgspec.to_builtins(NewServerVolume(volume_id="d-1")) == {"volumeId": "d-1"}


# --- in a scenario --------------------------------------------------------------------------------

_SPEC = ServerVolumeSpec(server="web", volume="data")
_ATTACHED = ServerVolumeState(
    id="v-1/d-1",
    name="data",
    server_id="v-1",
    volume_id="d-1",
    device="/dev/vdb",
    is_attached=True,
    server_mark=Mark("s", Address("server", "web")),
    volume_mark=Mark("s", Address("volume", "data")),
)


def _declaration() -> Declaration[ServerVolumeSpec, ServerVolumeState]:
    assert KIND.declaration is not None
    return KIND.declaration


def _server(*volumes: str, **fields: Any) -> ServerState:
    answer = {
        "id": "v-1",
        "image": {"id": "i-1"},
        "metadata": {"stackloom": "stackloom://s/server.web"},
        "os-extended-volumes:volumes_attached": [{"id": id} for id in volumes],
        **fields,
    }
    return msgspec.convert(answer, ServerState)


def _volume(id: str = "d-1", *, at: str = "v-1", mark: str = "stackloom://s/volume.data") -> Any:
    answer = {
        "id": id,
        "name": "data",
        "metadata": {"stackloom": mark} if mark else {},
        "attachments": [{"server_id": at, "device": "/dev/vdb"}] if at else [],
    }
    return msgspec.convert(answer, VolumeState)


def test_attachments_are_read_off_servers_and_volumes() -> None:
    """Cinder says whether it is there; volumes that are not of the project are passed over."""
    assert KIND.derive is not None
    (state,) = KIND.derive({"server": [_server("d-1", "unseen")], "volume": [_volume()]})
    assert state == _ATTACHED
    assert KIND.mark(state, {}) == Mark("s", _SPEC.address)
    assert KIND.progress(state) is Progress.READY
    (coming,) = KIND.derive({"server": [_server("d-1")], "volume": [_volume(at="")]})
    assert (coming.device, KIND.progress(coming)) == (None, Progress.WAITING)
    assert KIND.derive({}) == []


def test_it_is_ours_where_both_are_of_one_scenario() -> None:
    """A volume of others, or of another scenario, is attached by somebody else."""
    assert KIND.derive is not None
    for mark in ("", "stackloom://other/volume.data"):
        (state,) = KIND.derive({"server": [_server("d-1")], "volume": [_volume(mark=mark)]})
        assert KIND.mark(state, {}) is None


def test_what_a_server_boots_from_is_no_attachment() -> None:
    """Noted in its metadata; of a server that was not made here, it is the first."""
    assert KIND.derive is not None
    listed = [_volume("d-1"), _volume("d-2")]
    noted = {"stackloom": "stackloom://s/server.web", "stackloom_boot_volume": "d-2"}
    for metadata, left in ((noted, "d-1"), ({"stackloom_boot_volume": "i-1, 2 GiB"}, "d-2")):
        server = _server("d-1", "d-2", image="", metadata=metadata)
        (state,) = KIND.derive({"server": [server], "volume": listed})
        assert state.volume_id == left
    assert KIND.derive({"server": [_server(image="")], "volume": listed}) == []


def test_it_is_made_and_taken_away_at_the_server(ids: FakeIds) -> None:
    """With the server it goes by itself."""
    path = "/v2.1/servers/server-web-id/os-volume_attachments"
    call = KIND.create_call(_SPEC.address, _SPEC, Mark("s", _SPEC.address), ids)
    assert call == Call(
        method="POST", path=path, body={"volumeAttachment": {"volumeId": "volume-data-id"}}
    )
    answer = {"volumeAttachment": {"serverId": "v-1", "volumeId": "d-1", "device": "/dev/vdb"}}
    made = KIND.made(answer, call)
    assert (made.id, made.is_attached) == ("v-1/d-1", False)
    assert KIND.delete_calls(_ATTACHED) == [
        Call(method="DELETE", path="/v2.1/servers/v-1/os-volume_attachments/d-1")
    ]
    assert list(_declaration().needs(_ATTACHED)) == ["v-1", "d-1"]
    assert _declaration().leaves_with(_ATTACHED) == "v-1"
    assert KIND.leaves_late
    assert list(_declaration().compare(_SPEC.address, _SPEC, _ATTACHED, _mark(), ids)) == []


def _mark() -> Mark:
    return Mark("s", _SPEC.address)


def test_it_names_both_and_is_a_badge() -> None:
    """On the server, with the device; replaced with either."""
    assert list(_declaration().references(_SPEC)) == [
        Reference(kind="server", name="web", place=("server",)),
        Reference(kind="volume", name="data", place=("volume",)),
    ]
    assert list(KIND.sketch(_ATTACHED)) == [
        Badge(on="v-1", key="d-1", sort="volume", note="/dev/vdb")
    ]
    assert list(_declaration().sketch(_SPEC.address, _SPEC, {})) == [
        Badge(on="server.web", key="volume.data", sort="volume")
    ]
