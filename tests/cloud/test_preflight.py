# SPDX-License-Identifier: Apache-2.0
"""What a plan finds out beforehand on a real cloud."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.cloud.command_line import COMMAND

from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


def _plan(project: OpenStackProject, tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    homes = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE")}
    return subprocess.run(
        [COMMAND, "plan", "s.yaml"],
        env={**os.environ, **project.variables(), **homes},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_not_there_is_told_all_at_once(
    openstack_project: OpenStackProject, tmp_path: Path
) -> None:
    """Images, flavors, external networks, keys and what should exist, each with its place."""
    said = _plan(
        openstack_project,
        tmp_path,
        """\
scenario: s
existing: {networks: {old: {name: gone}}}
networks: {lan: {cidr: 10.1.0.0/24}}
routers: {hub: {connects: [lan], external_network: nowhere}}
servers:
  a: {image: windows, flavor: m1.huge, networks: [lan], key_name: lost}
""",
    )
    assert said.returncode == 2
    lines = sorted(line.removeprefix("error: ") for line in said.stderr.splitlines())
    assert [line.partition(" (")[0] for line in lines] == [
        's.yaml:2:28: network "gone" is not there, or not visible to this project',
        's.yaml:4:52: network "nowhere" is not there, or not visible to this project',
        's.yaml:6:14: image "windows" is not there, or not visible to this project',
        's.yaml:6:31: flavor "m1.huge" is not there, or not visible to this project',
        's.yaml:6:67: keypair "lost" is not there, or not visible to this project',
    ]


def test_an_image_that_does_not_fit_its_flavor_is_a_problem(
    openstack_project: OpenStackProject, tmp_path: Path
) -> None:
    """Nova would refuse it after the networks were made."""

    async def make() -> str:
        async with openstack_project.connect() as cloud:
            body = {
                "name": "large",
                "min_ram": 100000,
                "disk_format": "raw",
                "container_format": "bare",
            }
            answer = await cloud.request("image", "POST", "/v2/images", body=body)
            return str(json.loads(answer.body)["id"])

    async def drop(id: str) -> None:
        async with openstack_project.connect() as cloud:
            await cloud.request("image", "DELETE", f"/v2/images/{id}")

    image = asyncio.run(make())
    try:
        text = (
            "scenario: s\nnetworks: {lan: {cidr: 10.1.0.0/24}}\n"
            "servers: {a: {image: large, flavor: m1.tiny, networks: [lan]}}\n"
        )
        said = _plan(openstack_project, tmp_path, text)
    finally:
        asyncio.run(drop(image))
    assert said.returncode == 2
    assert said.stderr == (
        'error: s.yaml:3:22: image "large" is not active: its status is queued'
        " (stackloom image list --status active)\n"
        's.yaml:3:37: flavor "m1.tiny" has 512 MiB, and the image needs 100000 MiB\n'
    )


def test_a_quota_and_a_right_that_may_not_suffice_are_warnings(
    openstack_project: OpenStackProject, tmp_path: Path
) -> None:
    """The plan is told all the same."""

    async def limit() -> None:
        async with openstack_project.admin.connect() as admin:
            path = f"/v2.0/quotas/{openstack_project.id}"
            await admin.request("network", "PUT", path, body={"quota": {"network": 1}})

    asyncio.run(limit())
    said = _plan(
        openstack_project,
        tmp_path,
        "scenario: s\nnetworks: {a: {}, b: {provider: {network_type: geneve}}}\n",
    )
    assert said.returncode == 0
    assert 'scenario "s": 2 to create' in said.stdout
    quota, right = sorted(said.stderr.splitlines())
    assert quota == "warning: s.yaml: network quota: 2 more network wanted, 0 of 1 in use"
    assert right.startswith("warning: s.yaml:2:")
    assert right.endswith(
        'by default only an administrator may say "provider"; your roles here: member, reader'
    )
