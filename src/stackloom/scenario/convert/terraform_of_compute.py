# SPDX-License-Identifier: Apache-2.0
"""What a scenario has of Nova, Cinder and Glance as resources of Terraform. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stackloom.cloud.mark import Address
from stackloom.scenario.convert.hcl import Block
from stackloom.scenario.convert.terraform_of_network import rest
from stackloom.scenario.convert.terraform_writer import TerraformWriter
from stackloom.scenario.convert.worked_out import Fields, Ref


def _server(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    places = list(writer.source.places(address))
    groups = fields.pop("security_groups", [])
    key = fields.pop("key_name", None)
    block = writer.block(
        address,
        name=address.name,
        **_bare_image(writer, fields),
        flavor_name=fields.pop("flavor"),
        key_pair=writer.name("keypair", key) if key else None,
        **{
            name: fields.pop(name, None)
            for name in ("availability_zone", "config_drive", "metadata", "tags", "user_data")
        },
        # Nova has the ports that it makes itself in these groups; others have their own.
        security_groups=[writer.name("security_group", each) for each in groups]
        if groups and any(kind == "network" for kind, _ in places)
        else None,
    )
    for kind, name in places:
        field = "uuid" if kind == "network" else "port"
        writer.inside(block, address, "network", **{field: writer.id(kind, name)})
    if boot := fields.pop("boot_volume", None):
        _boot_volume(writer, block, address, boot)
    if group := fields.pop("server_group", None):
        writer.inside(block, address, "scheduler_hints", group=writer.id("server_group", group))
    for name in ("networks", "ports", "volumes"):
        fields.pop(name, None)
    rest(writer, address, fields)
    said: list[Any] = [Ref(Address(kind, name)) for kind, name in places]
    said += [Ref(Address("security_group", each)) for each in groups]
    said += [Ref(Address("server_group", group or "")), Ref(Address("keypair", key or ""))]
    if boot:
        kind = "volume" if boot.get("volume") else "image"
        said.append(Ref(Address(kind, boot[kind])))
    writer.order(block, address, said, without=("image",))


def _bare_image(writer: TerraformWriter, fields: Fields) -> Fields:
    """Return the image: its id where it is made here, else its name."""
    image = fields.pop("image", None)
    if image is None:
        return {}
    if writer.place(Address("image", image)):
        return {"image_id": writer.id("image", image)}
    how, found = writer.source.found_by(Address("image", image))
    return {f"image_{how}": found}


def _boot_volume(writer: TerraformWriter, block: Block, address: Address, boot: Fields) -> None:
    is_ours = bool(boot.get("volume"))
    kind = "volume" if is_ours else "image"
    writer.inside(
        block,
        address,
        "block_device",
        uuid=writer.id(kind, boot[kind]),
        source_type=kind,
        destination_type="volume",
        volume_size=boot.get("size"),
        volume_type=boot.get("volume_type") or None,
        boot_index=0,
        delete_on_termination=not is_ours and boot.get("delete_on_termination", True),
    )


def _server_volume(writer: TerraformWriter, address: Address) -> None:
    spec: Any = writer.source.scenario.specs[address]
    writer.block(
        address,
        instance_id=writer.id("server", spec.server),
        volume_id=writer.id("volume", spec.volume),
    )


def _server_group(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    block = writer.block(address, name=address.name, policies=[fields["policy"]])
    if rules := fields.get("rules"):
        writer.inside(block, address, "rules", **rules)


def _keypair(writer: TerraformWriter, address: Address) -> None:
    writer.block(address, name=address.name, **writer.source.fields(address))


def _volume(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    image, snapshot = fields.pop("image", None), fields.pop("snapshot", None)
    writer.block(
        address,
        name=address.name,
        size=fields.pop("size", None),
        image_id=writer.id("image", image) if image else None,
        snapshot_id=writer.id("volume_snapshot", snapshot) if snapshot else None,
        **fields,
    )


def _beside(writer: TerraformWriter, path: str | None) -> str | None:
    """Return the path of a file as the scenario has it: beside its own."""
    return path.removeprefix(f"{writer.source.loaded.folder}/") if path else None


def _image(writer: TerraformWriter, address: Address) -> None:
    fields = writer.source.fields(address)
    writer.block(
        address,
        name=address.name,
        local_file_path=_beside(writer, fields.pop("file", None)),
        image_source_url=fields.pop("url", None),
        container_format=fields.pop("container_format", "bare"),
        min_disk_gb=fields.pop("min_disk", None),
        min_ram_mb=fields.pop("min_ram", None),
        **fields,
    )


WRITERS: Mapping[str, Callable[[TerraformWriter, Address], None]] = {
    "server": _server,
    "server_volume": _server_volume,
    "server_group": _server_group,
    "keypair": _keypair,
    "volume": _volume,
    "image": _image,
}
