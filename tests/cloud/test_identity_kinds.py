# SPDX-License-Identifier: Apache-2.0
"""Every kind of Keystone on the real one: library, command line and openstacksdk see the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from openstack.connection import Connection
from tests.cloud.command_line import done, stackloom
from tests.cloud.connecting import AS_IT_COMES, identity

from stackloom import SyncCloud, connect_sync
from stackloom.cloud.collection import AnySyncCollection
from stackloom.errors import NotFound, UnknownName
from stackloom.kinds import NewProject, NewUser
from stackloom.local.access import Access
from stackloom.resources.identity.role_assignment import assignment_path

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


@pytest.fixture
def front(local_cloud: Access) -> Iterator[SyncCloud]:
    """Return the library's front as the administrator."""
    with connect_sync(environment=local_cloud.environment("admin")) as opened:
        yield opened


@pytest.fixture
def name() -> str:
    """Return a name that nothing has yet."""
    return f"t-{uuid4().hex[:8]}"


def _said(access: Access, *words: str) -> Any:
    return json.loads(done(access, *words, "-f", "json", user="admin"))


def _same(ours: Mapping[str, Any], theirs: Any, fields: Mapping[str, str]) -> None:
    """Hold our fields against those of openstacksdk; *fields* maps ours to theirs."""
    assert {name: ours[name] for name in fields} == {
        name: getattr(theirs, other) for name, other in fields.items()
    }


# Noun, options of create, options of set, and what openstacksdk calls the fields.
_NAMED: list[tuple[str, list[str], list[str], dict[str, str]]] = [
    (
        "project",
        ["--description", "one", "--tag", "a"],
        ["--description", "two", "--disable"],
        {
            "id": "id",
            "name": "name",
            "description": "description",
            "domain_id": "domain_id",
            "enabled": "is_enabled",
            "tags": "tags",
        },
    ),
    (
        "user",
        ["--description", "one", "--password", "pass-word-1", "--email", "a@x"],
        ["--description", "two", "--disable"],
        {
            "id": "id",
            "name": "name",
            "description": "description",
            "domain_id": "domain_id",
            "enabled": "is_enabled",
            "email": "email",
        },
    ),
    (
        "group",
        ["--description", "one"],
        ["--description", "two"],
        {"id": "id", "name": "name", "description": "description", "domain_id": "domain_id"},
    ),
    (
        "role",
        ["--description", "one"],
        ["--description", "two"],
        {"id": "id", "name": "name", "description": "description", "domain_id": "domain_id"},
    ),
    (
        "domain",
        ["--description", "one"],
        ["--description", "two", "--disable"],
        {"id": "id", "name": "name", "description": "description", "enabled": "is_enabled"},
    ),
]


@pytest.mark.parametrize(
    ("noun", "create", "change", "fields"), _NAMED, ids=[case[0] for case in _NAMED]
)
def test_one_lives_and_dies_on_the_command_line(
    local_cloud: Access,
    admin: Connection,
    front: SyncCloud,
    name: str,
    noun: str,
    create: list[str],
    change: list[str],
    fields: dict[str, str],
) -> None:
    """Made, shown, listed, changed, renamed and deleted; the three agree at each step."""
    sdk = identity(admin)
    collection: AnySyncCollection = getattr(front, f"{noun}s")
    made = _said(local_cloud, noun, "create", name, *create)
    assert made["description"] == "one"
    shown = _said(local_cloud, noun, "show", name)
    _same(shown, getattr(sdk, f"get_{noun}")(made["id"]), fields)
    assert collection.find(name) == msgspec.convert(shown, collection.kind.state)
    assert shown == made
    assert name in done(local_cloud, noun, "list", "-f", "value", "-c", "Name", user="admin")
    if noun != "role":
        again = _said(local_cloud, noun, "create", name, "--or-show")
        assert again["id"] == made["id"]
    done(local_cloud, noun, "set", name, *change, "--name", f"{name}-2", user="admin")
    changed = collection.get(made["id"])
    assert (changed.name, changed.description) == (f"{name}-2", "two")
    _same(json.loads(msgspec.json.encode(changed)), getattr(sdk, f"get_{noun}")(made["id"]), fields)
    result = stackloom(local_cloud, noun, "delete", "no-such", f"{name}-2", user="admin")
    assert (result.returncode, result.stderr.count("error:")) == (1, 1)
    with pytest.raises(NotFound):
        collection.get(made["id"])


def test_what_it_lists_is_what_openstacksdk_lists(local_cloud: Access, admin: Connection) -> None:
    """Ids and names of everything that was there already."""
    sdk = identity(admin)
    for noun, theirs in (
        ("project", sdk.projects()),
        ("user", sdk.users()),
        ("role", sdk.roles()),
        ("domain", sdk.domains()),
        ("service", sdk.services()),
    ):
        listed = _said(local_cloud, noun, "list")
        assert {(each["ID"], each["Name"]) for each in listed} == {
            (each.id, each.name) for each in theirs
        }
    listed = _said(local_cloud, "endpoint", "list")
    assert {(each["ID"], each["URL"], each["Interface"]) for each in listed} == {
        (each.id, each.url, each.interface) for each in sdk.endpoints()
    }
    listed = _said(local_cloud, "region", "list")
    assert {each["Region"] for each in listed} == {each.id for each in sdk.regions()}


def test_the_catalog_is_written(local_cloud: Access, admin: Connection, name: str) -> None:
    """A region, a service by its type, and an endpoint of it."""
    sdk = identity(admin)
    done(local_cloud, "region", "create", name, "--description", "x", user="admin")
    service = _said(local_cloud, "service", "create", f"{name}-type", "--name", name)
    words = (f"{name}-type", "public", "http://one/", "--region", name)
    endpoint = _said(local_cloud, "endpoint", "create", *words)
    try:
        assert endpoint["service_id"] == service["id"]
        shown = _said(local_cloud, "endpoint", "show", endpoint["id"])
        assert (shown["service_name"], shown["service_type"]) == (name, f"{name}-type")
        changed = ("endpoint", "set", endpoint["id"], "--url", "http://two/", "--disable")
        done(local_cloud, *changed, user="admin")
        theirs = sdk.get_endpoint(endpoint["id"])
        assert (theirs.url, theirs.is_enabled, theirs.region_id) == ("http://two/", False, name)
        done(local_cloud, "region", "set", name, "--description", "y", user="admin")
        assert sdk.get_region(name).description == "y"
        done(local_cloud, "service", "set", name, "--description", "z", user="admin")
        assert sdk.get_service(service["id"]).description == "z"
    finally:
        done(local_cloud, "endpoint", "delete", endpoint["id"], user="admin")
        done(local_cloud, "service", "delete", name, user="admin")
        done(local_cloud, "region", "delete", name, user="admin")
    assert name not in {region.id for region in sdk.regions()}


def test_roles_and_groups_are_given_and_taken(
    local_cloud: Access, front: SyncCloud, name: str
) -> None:
    """A member of a group has what the group was given."""
    user = front.users.create(NewUser(name=name, password="pass-word-1"))
    project = front.projects.create(NewProject(name=name))
    done(local_cloud, "group", "create", name, user="admin")
    try:
        done(local_cloud, "group", "add", "user", name, name, user="admin")
        said = done(local_cloud, "group", "contains", "user", name, name, user="admin")
        assert said == f"{name} in group {name}\n"
        words = ("--group", name, "--project", name, "--group-domain", "default")
        done(local_cloud, "role", "add", "reader", *words, user="admin")
        listed = _said(local_cloud, "role", "assignment", "list", "--names", "--group", name)
        assert [(each["Role"], each["Group"], each["Project"]) for each in listed] == [
            ("reader", f"{name}@Default", f"{name}@Default")
        ]
        effective = ("role", "assignment", "list", "--effective", "--user", name)
        listed = _said(local_cloud, *effective)
        assert [(each["User"], each["Project"]) for each in listed] == [(user.id, project.id)]
        listed = _said(local_cloud, "user", "list", "--group", name)
        assert [each["ID"] for each in listed] == [user.id]
        listed = _said(local_cloud, "project", "list", "--user", name)
        assert [each["ID"] for each in listed] == [project.id]
        done(local_cloud, "role", "remove", "reader", *words, user="admin")
        assert _said(local_cloud, *effective) == []
        done(local_cloud, "group", "remove", "user", name, name, user="admin")
        result = stackloom(local_cloud, "group", "contains", "user", name, name, user="admin")
        assert (result.returncode, result.stdout) == (1, f"{name} not in group {name}\n")
    finally:
        done(local_cloud, "group", "delete", name, user="admin")
        front.users.delete(user.id)
        front.projects.delete(project.id)


def test_a_role_is_given_by_the_library(
    local_cloud: Access, admin: Connection, front: SyncCloud, name: str
) -> None:
    """An assignment is a path: it is put there, listed, and deleted."""
    user = front.users.create(NewUser(name=name, password="pass-word-1"))
    project, role = front.projects.find("admin"), front.roles.find("reader")
    path = assignment_path(role.id, user_id=user.id, project_id=project.id)
    try:
        front.request("identity", "PUT", path)
        filters = {"user.id": user.id, "scope.project.id": project.id}
        (ours,) = front.role_assignments.list(**filters)
        (theirs,) = identity(admin).role_assignments(user_id=user.id, scope_project_id=project.id)
        assert (ours.role.id, ours.user and ours.user.id) == (
            *(theirs.role["id"], theirs.user["id"]),
        )
        assert str(ours.scope.project) == theirs.scope["project"]["id"]
        (row,) = _said(local_cloud, "role", "assignment", "list", "--user", name)
        assert (row["Role"], row["User"], row["Project"]) == (role.id, user.id, project.id)
        front.request("identity", "DELETE", path)
        assert [*front.role_assignments.list(**filters)] == []
    finally:
        front.users.delete(user.id)


def test_an_application_credential_shows_its_secret_once(local_cloud: Access, name: str) -> None:
    """And is a log-in until it is deleted; a plain member makes it, with a role by its name."""
    words = ("application", "credential")
    rules = '[{"service": "network", "method": "GET", "path": "/v2.0/networks"}]'
    made = json.loads(
        done(
            local_cloud,
            *words,
            *("create", name, "--role", "member", "--access-rules", rules, "-f", "json"),
        )
    )
    try:
        assert "secret" not in json.loads(done(local_cloud, *words, "show", name, "-f", "json"))
        listed = json.loads(done(local_cloud, *words, "list", "-f", "json"))
        assert [each["Access Rules"] for each in listed if each["ID"] == made["id"]] == [
            ["GET /v2.0/networks (network)"]
        ]
        with connect_sync(
            environment={},
            auth_url=local_cloud.auth_url,
            auth_type="v3applicationcredential",
            application_credential_id=made["id"],
            application_credential_secret=made["secret"],
        ) as cloud:
            assert cloud.token().project_id == made["project_id"]
    finally:
        done(local_cloud, *words, "delete", name)
    assert name not in done(local_cloud, *words, "list", "-f", "value")


def test_a_trust_is_given_listed_and_taken_back(
    local_cloud: Access, admin: Connection, front: SyncCloud, name: str
) -> None:
    """With the roles that were named."""
    trustee = front.users.create(NewUser(name=name, password="pass-word-1"))
    try:
        words = ("admin", name, "--project", "admin", "--role", "reader", "--impersonate")
        made = _said(local_cloud, "trust", "create", *words)
        theirs = identity(admin).get_trust(made["id"])
        assert (theirs.trustee_user_id, theirs.is_impersonation) == (trustee.id, True)
        assert [each["name"] for each in made["roles"]] == ["reader"]
        listed = _said(local_cloud, "trust", "list", "--auth-user", "--trustee", name)
        assert made["id"] in [each["ID"] for each in listed]
        listed = _said(local_cloud, "trust", "list", "--trustee", name)
        assert [each["ID"] for each in listed] == [made["id"]]
        done(local_cloud, "trust", "delete", made["id"], user="admin")
        with pytest.raises(UnknownName):
            front.trusts.find(made["id"])
    finally:
        front.users.delete(trustee.id)


def test_a_password_is_changed_by_its_owner(
    local_cloud: Access, front: SyncCloud, name: str
) -> None:
    """With the old one; afterwards only the new one is good."""
    user = front.users.create(NewUser(name=name, password="pass-word-1"))
    project = front.projects.create(NewProject(name=name))
    login = (
        *("--os-username", name, "--os-project-name", name),
        *("--os-user-domain-name", "Default", "--os-project-domain-name", "Default"),
    )
    try:
        done(local_cloud, "role", "add", "reader", "--user", name, "--project", name, user="admin")
        change = ("--password", "pass-word-2", "--original-password", "pass-word-1")
        done(
            local_cloud, "user", "password", "set", *change, *login, "--os-password", "pass-word-1"
        )
        refused = stackloom(
            local_cloud, "token", "issue", "--hide", *login, "--os-password", "pass-word-1"
        )
        assert refused.returncode == 3
        done(local_cloud, "token", "issue", "--hide", *login, "--os-password", "pass-word-2")
    finally:
        front.users.delete(user.id)
        front.projects.delete(project.id)


def test_a_secret_is_kept_for_a_user(local_cloud: Access, admin: Connection) -> None:
    """Made, changed and deleted."""
    made = _said(local_cloud, "credential", "create", "demo", "seed-1", "--type", "totp")
    try:
        done(local_cloud, "credential", "set", made["id"], "--data", "seed-2", user="admin")
        theirs = identity(admin).get_credential(made["id"])
        assert (theirs.blob, theirs.type, theirs.user_id) == ("seed-2", "totp", made["user_id"])
        listed = _said(local_cloud, "credential", "list", "--user", "demo")
        assert made["id"] in [each["ID"] for each in listed]
    finally:
        done(local_cloud, "credential", "delete", made["id"], user="admin")


def test_members_see_their_own_project_and_user(local_cloud: Access, demo: Connection) -> None:
    """They may not list all; what is theirs is shown all the same."""
    listed = stackloom(local_cloud, "project", "list", "-f", "value", "-c", "ID")
    own = demo.current_project_id
    assert (listed.returncode, listed.stdout) == (0, f"{own}\n")
    assert listed.stderr == "note: you may not list all projects; these are your own\n"
    shown = done(local_cloud, "project", "show", "demo", "-f", "value", "-c", "id")
    assert shown == f"{own}\n"
    shown = done(local_cloud, "user", "show", "demo", "-f", "value", "-c", "id")
    assert shown == f"{demo.current_user_id}\n"
    refused = stackloom(local_cloud, "project", "show", "admin")
    assert (refused.returncode, "403" in refused.stderr) == (3, True)
