# SPDX-License-Identifier: Apache-2.0
"""Whatever happens to an apply on a real cloud: apply again, and all is well; nothing is left.

``scripts/drill`` disturbs every single request and writes the table of the documentation; an
ordinary run takes a fixed sample.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from tests.faults.drill.course import Course
from tests.faults.drill.weaver import failures

from stackloom.cloud.cloud import Cloud
from stackloom.local import faults
from stackloom.local.faults import Fault
from stackloom.testing.cloud import OpenStackCloud

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
_ROOT = Path(__file__).parents[3]

# Each hits the first request that it concerns, a few times over where once would be retried away.
_FAULTS = {
    "answer to a POST dropped": Fault(method="POST", drop="answer", times=1),
    "connection reset before a request is handled": Fault(drop="request", times=1),
    "503": Fault(method="POST", status=503, times=1),
    "503 with Retry-After": Fault(method="POST", status=503, retry_after_seconds=1, times=1),
    "504": Fault(method="POST", status=504, times=1),
    "401": Fault(status=401, times=1),
    "500": Fault(method="POST", status=500, times=1),
    "half an answer": Fault(method="POST", truncates=True, times=1),
    "404 for 2 s after each create": Fault(method="POST", unseen_seconds=2.0),
}
_SERVICES = ("network", "compute")


@pytest.fixture
def cloud_name(openstack_cloud: OpenStackCloud) -> Iterator[str]:
    """Return the cloud's name, and clear its faults in the end."""
    yield openstack_cloud.name
    faults.clear(openstack_cloud.name)


@pytest.mark.parametrize("when", ["answered", "sent"])
def test_killed_at_any_request(course: Course, when: str) -> None:
    """Kill -9 after every single request of an apply, or while the cloud is at work on it."""

    async def die(number: int) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.faults.drill.victim",
            str(course.file),
            str(number),
            when,
            env={**course.environment, "PYTHONPATH": str(_ROOT)},
            cwd=_ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, said = await process.communicate()
        assert process.returncode in {-9, 0}, said.decode()

    async def run() -> None:
        # Where the cloud is still at work, one request is much like the next.
        for number in course.numbers(step=1 if when == "answered" else 3):
            await course.trial(f"kill -9, request {when}", partial(die, number))

    asyncio.run(run())


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_request_goes_wrong(course: Course, cloud_name: str, fault: str) -> None:
    """Once in each service."""
    _only_sampled(course, [*_FAULTS].index(fault))

    async def disturbed(service: str) -> None:
        faults.add(cloud_name, replace(_FAULTS[fault], service=service))
        try:
            await course.weaver().apply()
        finally:
            faults.clear(cloud_name)

    async def run() -> None:
        for service in _SERVICES:
            await course.trial(fault, partial(disturbed, service))

    asyncio.run(run())


def test_every_post_loses_its_answer(course: Course, cloud_name: str) -> None:
    """One kind of POST after the other is done, and nobody hears of it."""

    async def disturbed(service: str, path: str, method: str) -> None:
        faults.add(
            cloud_name,
            Fault(service=service, method=method, path=path, drop="answer", times=1),
        )
        try:
            await course.weaver().apply()
        finally:
            faults.clear(cloud_name)

    async def run() -> None:
        kinds = course.changing_paths()
        sampled = [each for number, each in enumerate(kinds) if course.is_sampled(number)]
        for service, method, path in sampled:
            await course.trial(
                "answer dropped, on each kind of POST and PUT",
                partial(disturbed, service, path, method),
            )

    asyncio.run(run())


def test_a_quota_is_one_short(course: Course) -> None:
    """The apply stops at what is too much; once there is room, the next goes on."""
    _only_sampled(course, 0)
    subnets = sum(count for name, count in course.woven.items() if name.startswith("subnet "))
    path = f"/v2.0/quotas/{course.project.id}"

    async def set_quota(limit: int | None) -> None:
        async with course.project.admin.connect() as admin:
            if limit is None:
                await admin.request("network", "DELETE", path)
            else:
                await admin.request("network", "PUT", path, body={"quota": {"subnet": limit}})

    async def disturbed() -> None:
        await set_quota(subnets - 1)
        try:
            assert failures(await course.weaver().apply()) != []
        finally:
            await set_quota(None)

    asyncio.run(course.trial("quota of subnets one short", disturbed))


def test_a_server_ends_in_error(course: Course, cloud_name: str) -> None:
    """Nova cannot plug it; the next apply puts another in its place."""
    _only_sampled(course, 1)

    async def disturbed() -> None:
        # A port of ours is only bound by Nova (PUT), another is made by it (POST).
        ports_are_ours = any(path.endswith("/ports") for _, path in course.requests)
        method, path = ("PUT", "/v2.0/ports/*") if ports_are_ours else ("POST", "/v2.0/ports")
        faults.add(
            cloud_name,
            Fault(service="network", method=method, path=path, status=500, includes_internal=True),
        )
        try:
            told = failures(await course.weaver().apply())
            assert any("server." in each for each in told), told
        finally:
            faults.clear(cloud_name)

    asyncio.run(course.trial("a server ends in ERROR", disturbed))


def test_a_port_of_somebody_else_stands_on_our_network(course: Course) -> None:
    """Destroy names it and leaves it; once it is gone, destroy finishes."""
    _only_sampled(course, 2)

    async def run() -> None:
        assert failures(await course.weaver().apply()) == []
        async with course.weaver().open() as cloud:
            network = next(iter(await _networks(cloud)))
            body = {"port": {"network_id": network, "name": "theirs"}}
            answer = await cloud.request("network", "POST", "/v2.0/ports", body=body)
            port = json.loads(answer.body)["port"]["id"]
            (told,) = [each for each in failures(await course.weaver().destroy()) if port in each]
            assert "network." in told
            inventory = await course.weaver().inventory()
            assert inventory["port theirs"] == 1
            await cloud.request("network", "DELETE", f"/v2.0/ports/{port}")
        assert failures(await course.weaver().destroy()) == []
        assert not await course.weaver().inventory()

    well = False
    try:
        asyncio.run(run())
        well = True
    finally:
        course.ledger.note(course.name, "a port of somebody else at destroy", well=well)


def _only_sampled(course: Course, number: int) -> None:
    if not course.is_sampled(number):
        pytest.skip("not in the sample; scripts/drill tries all")


async def _networks(cloud: Cloud) -> list[str]:
    token = await cloud.token()
    query = {"project_id": token.project_id}
    answer = await cloud.request("network", "GET", "/v2.0/networks", query=query)
    return sorted(each["id"] for each in json.loads(answer.body)["networks"])


def test_a_flavor_goes_between_plan_and_apply(course: Course, tmp_path: Path) -> None:
    """Servers fail in Nova's words; once there is such a flavor again, the next apply goes on."""
    _only_sampled(course, 3)
    name = f"drill-{course.name}"
    file = tmp_path / course.file.name
    text = course.file.read_text(encoding="utf-8").replace("m1.tiny", name)
    file.write_text(text, encoding="utf-8")
    changed = replace(course, file=file)

    async def make() -> str:
        async with course.project.admin.connect() as admin:
            body = {"flavor": {"name": name, "vcpus": 1, "ram": 64, "disk": 1}}
            answer = await admin.request("compute", "POST", "/v2.1/flavors", body=body)
            return str(json.loads(answer.body)["flavor"]["id"])

    async def drop(id: str) -> None:
        async with course.project.admin.connect() as admin:
            await admin.request("compute", "DELETE", f"/v2.1/flavors/{id}")

    async def run() -> None:
        first, made = await make(), list[str]()

        async def disturbed() -> None:
            weaver = changed.weaver()
            async with weaver.planned() as (planned, carry_out):
                assert planned.plan.counts["create"]
                await drop(first)
                told = failures(await carry_out())
            assert any(each.startswith("server.") for each in told), told
            made.append(await make())

        try:
            await changed.trial("the flavor is deleted between plan and apply", disturbed)
        finally:
            for id in made:
                await drop(id)

    asyncio.run(run())
