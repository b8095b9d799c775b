# SPDX-License-Identifier: Apache-2.0
"""What lists ask services for beside plain filters, and what they show in place of ids."""

from __future__ import annotations

import os
from urllib.parse import unquote

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer

_NOVA = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
_CINDER = {"versions": [{"id": "v3.0", "version": "3.71", "min_version": "3.0"}]}


def _asked(transport: FakeTransport) -> list[str]:
    """Return what was asked for beside log-in and versions, readable."""
    lines = [unquote(line) for line in transport.lines if "auth/tokens" not in line]
    return [line for line in lines if not line.endswith(("/v2.1/", "/v3/"))]


def _server(name: str, image: str) -> dict[str, object]:
    return {
        "id": f"id-{name}",
        "name": name,
        "status": "ACTIVE",
        "image": {"id": image} if image else "",
        "flavor": {"original_name": "small"},
        "addresses": {},
    }


@pytest.fixture
def nova(rules: FakeTransport) -> FakeTransport:
    """Return a Nova with three servers, two of them of one image."""
    rules.on("GET", "/v2.1/", answer(200, _NOVA))
    servers = [_server("a", "i-1"), _server("b", "i-1"), _server("c", "i-2"), _server("d", "")]
    rules.on("GET", "/v2.1/servers/detail", answer(200, {"servers": servers}))
    return rules


_COLUMNS = ("-f", "value", "-c", "Name", "-c", "Image")


def test_servers_are_listed_with_the_names_of_their_images(
    stackloom: CommandLine, nova: FakeTransport
) -> None:
    """One request for all of them; an image that is gone is told by its id."""
    nova.on("GET", "/v2/images", answer(200, {"images": [{"id": "i-1", "name": "web"}]}))
    said = stackloom("server", "list", *_COLUMNS)
    assert said == Said(code=0, stdout="a web\nb web\nc i-2\nd \n", stderr="")
    assert _asked(nova) == [
        "GET /v2.1/servers/detail",
        "GET /v2/images?id=in:i-1,i-2&visibility=all",
    ]


@pytest.mark.parametrize("option", ["-n", "--no-name-lookup"])
def test_servers_are_listed_without_asking_for_names(
    stackloom: CommandLine, nova: FakeTransport, option: str
) -> None:
    """Where the ids will do."""
    said = stackloom("server", "list", option, *_COLUMNS)
    assert said == Said(code=0, stdout="a i-1\nb i-1\nc i-2\nd \n", stderr="")
    assert _asked(nova) == ["GET /v2.1/servers/detail"]


def test_servers_are_listed_though_glance_fails(
    stackloom: CommandLine, nova: FakeTransport
) -> None:
    """The names are an addition."""
    nova.on("GET", "/v2/images", answer(403, {"message": "no"}))
    said = stackloom("server", "list", *_COLUMNS)
    assert said == Said(code=0, stdout="a i-1\nb i-1\nc i-2\nd \n", stderr="")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (
            "image list --property os_distro=debian --property a=b",
            "GET /v2/images?os_distro=debian&a=b&limit=1000",
        ),
        (
            "image list --sort name:asc,size:desc",
            "GET /v2/images?sort=name:asc,size:desc&limit=1000",
        ),
        (
            "volume list --property a=b --property c=d",
            "GET /v3/volumes/detail?metadata={'a':+'b',+'c':+'d'}",
        ),
        ("volume list --sort name:asc", "GET /v3/volumes/detail?sort=name:asc"),
    ],
)
def test_lists_are_narrowed_and_sorted_by_the_service(
    stackloom: CommandLine, rules: FakeTransport, words: str, asked: str
) -> None:
    """Nothing is left out afterwards."""
    rules.on("GET", "/v3/", answer(200, _CINDER))
    rules.on("GET", "/v2/images", answer(200, {"images": []}))
    rules.on("GET", "/v3/volumes/detail", answer(200, {"volumes": []}))
    # The catalog here has no Cinder.
    cinder = f"--os-block-storage-endpoint-override={os.environ['OS_AUTH_URL']}"
    assert stackloom(*words.split(), cinder).code == 0
    assert _asked(rules) == [asked]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("network list --agent a-1", "GET /v2.0/agents/a-1/dhcp-networks?limit=1000"),
        ("router list --agent a-1", "GET /v2.0/agents/a-1/l3-routers?limit=1000"),
        ("network agent list --network n", "GET /v2.0/networks/n-1/dhcp-agents?limit=1000"),
        ("network agent list --router r", "GET /v2.0/routers/r-1/l3-agents?limit=1000"),
    ],
)
def test_agents_and_what_they_carry_are_listed(
    stackloom: CommandLine, rules: FakeTransport, words: str, asked: str
) -> None:
    """Each way has a list of its own in Neutron."""
    empty = answer(200, {"networks": [], "routers": [], "agents": []})
    for path in ("agents/a-1/dhcp-networks", "agents/a-1/l3-routers"):
        rules.on("GET", f"/v2.0/{path}", empty)
    for path in ("networks/n-1/dhcp-agents", "routers/r-1/l3-agents"):
        rules.on("GET", f"/v2.0/{path}", empty)
    for kind in ("network", "router"):
        found = {f"{kind}s": [{"id": f"{kind[0]}-1", "name": kind[0]}]}
        rules.on("GET", f"/v2.0/{kind}s", answer(200, found))
    assert stackloom(*words.split(), "-f", "value") == Said(code=0, stdout="", stderr="")
    assert _asked(rules)[-1] == asked


def test_users_with_a_role_in_a_project_are_listed(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Members of groups too; more are asked for than are shown."""
    rules.on("GET", "/v3/projects", answer(200, {"projects": [{"id": "p-1", "name": "web"}]}))
    roles = [{"user": {"id": "u-2"}}, {"user": {"id": "u-2"}}, {"user": {"id": "u-3"}}]
    rules.on("GET", "/v3/role_assignments", answer(200, {"role_assignments": roles}))
    users = [{"id": f"u-{number}", "name": f"user {number}"} for number in range(1, 5)]
    rules.on("GET", "/v3/users", answer(200, {"users": users}))
    said = stackloom("user", "list", "--project", "web", "--limit", "1", "-f", "value")
    assert said == Said(code=0, stdout="u-2 user 2\n", stderr="")
    assert _asked(rules)[-2:] == [
        "GET /v3/role_assignments?scope.project.id=p-1&effective",
        "GET /v3/users",
    ]


# --- names inside domains -------------------------------------------------------------------------


@pytest.fixture
def keystone(rules: FakeTransport) -> FakeTransport:
    """Return a Keystone with a domain, a project and a user, and a Neutron without networks."""
    rules.on("GET", "/v3/domains", answer(200, {"domains": [{"id": "d-1", "name": "lab"}]}))
    rules.on("GET", "/v3/projects", answer(200, {"projects": [{"id": "p-1", "name": "web"}]}))
    rules.on("GET", "/v2.0/networks", answer(200, {"networks": []}))
    return rules


def test_a_project_is_named_inside_its_domain(
    stackloom: CommandLine, keystone: FakeTransport
) -> None:
    """The domain by its name too."""
    words = "network list --project web --project-domain lab"
    assert stackloom(*words.split()).code == 0
    assert _asked(keystone) == [
        "GET /v3/domains?name=lab",
        "GET /v3/projects?name=web&domain_id=d-1",
        "GET /v2.0/networks?project_id=p-1&limit=1000",
    ]


def test_a_domain_without_a_project_is_told(
    stackloom: CommandLine, keystone: FakeTransport
) -> None:
    """It says nothing by itself."""
    assert stackloom("network", "list", "--project-domain", "lab") == Said(
        code=2, stdout="", stderr="error: --project-domain goes with --project\n"
    )
    assert _asked(keystone) == []


def test_who_may_not_look_may_say_an_id(stackloom: CommandLine, keystone: FakeTransport) -> None:
    """A member may not list projects; the service that is asked decides."""
    keystone.on("GET", "/v3/projects", answer(403, {"error": {"message": "no"}}))
    id = "0123456789abcdef0123456789abcdef"
    assert stackloom("network", "list", "--project", id).code == 0
    assert _asked(keystone)[-1] == f"GET /v2.0/networks?project_id={id}&limit=1000"
    refused = stackloom("network", "list", "--project", "web")
    assert (refused.code, "403" in refused.stderr) == (3, True)


def test_servers_of_a_project_are_looked_for_in_all(
    stackloom: CommandLine, nova: FakeTransport, keystone: FakeTransport
) -> None:
    """Nova looks into the token's project alone otherwise, whatever is asked."""
    assert stackloom("server", "list", "-n", "--project", "web").code == 0
    assert _asked(nova)[-1] == "GET /v2.1/servers/detail?project_id=p-1&all_tenants=true"
