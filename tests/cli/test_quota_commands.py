# SPDX-License-Identifier: Apache-2.0
"""What the commands on quotas ask three services for, and how they tell the answers."""

from __future__ import annotations

import os

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer, body_of

_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_PATHS = {
    "compute": "/v2.1/os-quota-sets/p-1",
    "volume": "/v3/os-quota-sets/p-1",
    "network": "/v2.0/quotas/p-1",
}


@pytest.fixture
def services(rules: FakeTransport, monkeypatch: pytest.MonkeyPatch) -> FakeTransport:
    """Return services with a project and its quotas."""
    monkeypatch.setenv("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE", os.environ["OS_AUTH_URL"])
    rules.on("GET", "/v2.1/", answer(200, _NOVA))
    rules.on("GET", "/v3/projects", answer(200, {"projects": [{"id": "p-1", "name": "web"}]}))
    nova = {"id": "p-1", "cores": 20, "metadata_items": 128}
    cinder = {"id": "p-1", "volumes": 10, "volumes_fast": -1}
    neutron = {"project_id": "p-1", "network": 5, "router_route": 30}
    for method in ("GET", "PUT"):
        rules.on(method, _PATHS["compute"], answer(200, {"quota_set": nova}))
        rules.on(method, _PATHS["volume"], answer(200, {"quota_set": cinder}))
        rules.on(method, _PATHS["network"], answer(200, {"quota": neutron}))
    for path in _PATHS.values():
        rules.on("DELETE", path, answer(202))
    return rules


def _changed(transport: FakeTransport, method: str) -> dict[str, object]:
    """Return what services were asked to change: {service: body}."""
    sent = {name: transport.sent(method, path) for name, path in _PATHS.items()}
    return {
        name: body_of(requests[0]) if requests[0].body else None
        for name, requests in sent.items()
        if requests
    }


def test_quotas_of_all_services_are_shown(stackloom: CommandLine, services: FakeTransport) -> None:
    """By the names of the openstack client; what is of one volume type by Cinder's."""
    said = stackloom("quota", "show", "web", "-f", "value")
    told = "cores 20\nproperties 128\nvolumes 10\nvolumes_fast -1\nnetworks 5\nrouter-routes 30\n"
    assert said == Said(code=0, stdout=told, stderr="")


def test_quotas_are_shown_with_what_is_used(
    stackloom: CommandLine, services: FakeTransport
) -> None:
    """Nova and Neutron word it differently."""
    nova = {"id": "p-1", "cores": {"limit": 20, "in_use": 3, "reserved": 1}}
    neutron = {"network": {"limit": 5, "used": 2, "reserved": 0}}
    services.on("GET", f"{_PATHS['compute']}/detail", answer(200, {"quota_set": nova}))
    services.on("GET", f"{_PATHS['network']}/details.json", answer(200, {"quota": neutron}))
    for service, told in (("compute", "cores 20 3 1\n"), ("network", "networks 5 2 0\n")):
        said = stackloom("quota", "show", "web", "--usage", f"--{service}", "-f", "value")
        assert said == Said(code=0, stdout=told, stderr="")


def test_a_cloud_without_cinder_has_none_of_it(
    stackloom: CommandLine, services: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless they are asked for by name."""
    monkeypatch.delenv("OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE")
    said = stackloom("quota", "show", "web", "-f", "value", "-c", "Resource")
    assert said == Said(code=0, stdout="cores\nproperties\nnetworks\nrouter-routes\n", stderr="")
    refused = stackloom("quota", "show", "web", "--volume")
    assert (refused.code, refused.stdout) == (3, "")
    assert refused.stderr.startswith("error: the catalog has no block-storage service\n")


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        (
            "--cores 5 --properties 6 --volumes 7 --networks 8 --secgroups 9",
            {
                "compute": {"quota_set": {"cores": 5, "metadata_items": 6}},
                "volume": {"quota_set": {"volumes": 7}},
                "network": {"quota": {"network": 8, "security_group": 9}},
            },
        ),
        (
            "--cores 5 --networks 8 --force",
            {
                "compute": {"quota_set": {"cores": 5, "force": True}},
                "network": {"quota": {"network": 8, "force": True}},
            },
        ),
        (
            "--volumes 7 --gigabytes 70 --volume-type fast",
            {"volume": {"quota_set": {"volumes_fast": 7, "gigabytes_fast": 70}}},
        ),
    ],
)
def test_quotas_are_set_where_they_are_kept(
    stackloom: CommandLine, services: FakeTransport, words: str, changed: dict[str, object]
) -> None:
    """A service of which nothing was said is not asked."""
    assert stackloom("quota", "set", "web", *words.split()) == Said(code=0, stdout="", stderr="")
    assert _changed(services, "PUT") == changed


@pytest.mark.parametrize(
    ("words", "services_asked"),
    [((), ["compute", "volume", "network"]), (("--volume",), ["volume"])],
)
def test_quotas_are_put_back(
    stackloom: CommandLine,
    services: FakeTransport,
    words: tuple[str, ...],
    services_asked: list[str],
) -> None:
    """Everywhere, or in one service."""
    assert stackloom("quota", "delete", "web", *words) == Said(code=0, stdout="", stderr="")
    assert [*_changed(services, "DELETE")] == services_asked


def test_nothing_to_set_is_told(stackloom: CommandLine, services: FakeTransport) -> None:
    """Before anything is asked."""
    assert stackloom("quota", "set", "web") == Said(
        code=2,
        stdout="",
        stderr="error: nothing to set was given\nhint: --help lists what can be set\n",
    )
    assert services.requests == []


def test_projects_with_other_quotas_are_listed(
    stackloom: CommandLine, services: FakeTransport
) -> None:
    """Nova has no list of them: each project is held against the default."""
    both = [{"id": "p-1", "name": "web"}, {"id": "p-2", "name": "db"}]
    services.on("GET", "/v3/projects", answer(200, {"projects": both}))
    usual = answer(200, {"quota_set": {"id": "x", "cores": 20, "instances": 10}})
    other = answer(200, {"quota_set": {"id": "x", "cores": 50, "instances": 10}})
    for id, own in (("p-1", usual), ("p-2", other)):
        services.on("GET", f"/v2.1/os-quota-sets/{id}", own)
        services.on("GET", f"/v2.1/os-quota-sets/{id}/defaults", usual)
    said = stackloom("quota", "list", "--compute", "-f", "csv")
    assert said.stdout.splitlines() == ['"Project ID","Cores","Instances"', '"p-2",50,10']
