# SPDX-License-Identifier: Apache-2.0
"""A service on one machine, which falls as a whole in the middle of a run, and is started again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from tests.service.machine.served import Served, served, wait_for_end

from stackloom.client.blocking import BlockingClient
from stackloom.local import faults
from stackloom.local.access import Access
from stackloom.local.faults import Fault
from stackloom.testing.project import OpenStackProject
from stackloom.wire.event import Event, StepStarted
from stackloom.wire.run import Run
from stackloom.wire.scenario import ScenarioSource

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

_TEXT = """\
scenario: falls
networks: {blue: {cidr: 10.10.1.0/24}, green: {cidr: 10.10.2.0/24}}
routers: {hub: {connects: [blue, green]}}
"""
_RESOURCES = 7


@pytest.fixture
def slow_cloud(local_cloud: Access) -> Iterator[Access]:
    """A cloud that takes its time with subnets: there is a middle to fall in."""
    faults.add(local_cloud.name, Fault(method="POST", path="/v2.0/subnets*", delay_seconds=2.0))
    yield local_cloud
    faults.clear(local_cloud.name)


@contextmanager
def _asking(folder: Path, project: OpenStackProject) -> Iterator[tuple[Served, BlockingClient]]:
    """A service without Keystone, with the rights of who starts it, and one who asks it."""
    with (
        served(folder, **project.environment) as service,
        BlockingClient(service.url, token=service.bearer) as client,
    ):
        yield service, client


def _begun(client: BlockingClient) -> Run:
    """Start a run, and return it when it is in the middle."""
    scenario = client.create_scenario(ScenarioSource(text=_TEXT))
    run = client.apply(scenario.id)
    for event in client.events(run.id):
        if isinstance(event, StepStarted) and event.address.startswith("subnet."):
            break
    return run


def _check_ended_well(client: BlockingClient, run: UUID, project: OpenStackProject) -> None:
    """See that a run goes on to its end, with nothing lost and nothing twice; take all away."""
    told = [event for event in client.events(run) if isinstance(event, Event)]
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    shown = client.run(run)
    assert (shown.state, shown.progress.done) == ("succeeded", _RESOURCES)
    resources = client.resources(shown.scenario_id)
    assert {each.condition for each in resources} == {"in_sync"}
    assert len(resources) == _RESOURCES
    destroying = client.destroy(shown.scenario_id)
    for _ in client.events(destroying.id):
        pass
    assert client.run(destroying.id).state == "succeeded"
    assert project.leftovers() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_all_of_it_ends_in_the_middle_of_a_run(
    number: signal.Signals,
    slow_cloud: Access,
    openstack_project: OpenStackProject,
    tmp_path: Path,
) -> None:
    """The run goes on at the next start, with another bearer and maybe at another address."""
    with _asking(tmp_path, openstack_project) as (service, client):
        run = _begun(client)
        parts = service.parts()
        service.process.send_signal(number)
        assert service.process.wait(60) == (0 if number is signal.SIGTERM else -number)
        for pid in parts.values():
            wait_for_end(pid)
    with _asking(tmp_path, openstack_project) as (_, client):
        _check_ended_well(client, run.id, openstack_project)
        assert client.run(run.id).attempt == 2


def test_the_database_is_killed_in_the_middle_of_a_run(
    slow_cloud: Access, openstack_project: OpenStackProject, tmp_path: Path
) -> None:
    """The run does not notice: it is back before the lease ends."""
    with _asking(tmp_path, openstack_project) as (service, client):
        run = _begun(client)
        os.kill(service.parts()["database"], signal.SIGKILL)
        _check_ended_well(client, run.id, openstack_project)
        assert "the database is up again" in service.messages()
        assert client.run(run.id).attempt == 1
