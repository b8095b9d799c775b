# SPDX-License-Identifier: Apache-2.0
"""The kinds of Keystone: what is sent, read and shown, and what is kept out of texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from stackloom.cloud.kind import Body, Kind
from stackloom.resources.identity import (
    application_credential,
    credential,
    domain,
    endpoint,
    group,
    project,
    region,
    role,
    role_assignment,
    service,
    trust,
    user,
)
from stackloom.resources.identity.role_assignment import assignment_path

# What Keystone 30.0.0 answers about one, shortened to what we read, and what its columns show.
_CASES: list[tuple[Kind[Any], Mapping[str, Any], list[object]]] = [
    (
        project.KIND,
        {"id": "p", "name": "lab", "domain_id": "default", "enabled": False, "tags": ["a"]},
        ["p", "lab", "default", "", False],
    ),
    (
        user.KIND,
        {"id": "u", "name": "eve", "domain_id": "d", "email": "e@x", "password_expires_at": None},
        ["u", "eve", None, "d", "", "e@x", True],
    ),
    (
        group.KIND,
        {"id": "g", "name": "ops", "domain_id": "d", "description": "x"},
        ["g", "ops", "d", "x"],
    ),
    (
        role.KIND,
        {"id": "r", "name": "member", "domain_id": None, "description": None, "options": {}},
        ["r", "member", None, None],
    ),
    (
        domain.KIND,
        {"id": "d", "name": "Corp", "enabled": True, "description": "x"},
        ["d", "Corp", True, "x"],
    ),
    (
        region.KIND,
        {"id": "one", "parent_region_id": None, "description": "x"},
        ["one", None, "x"],
    ),
    (
        service.KIND,
        {"id": "s", "name": "nova", "type": "compute", "enabled": True},
        ["s", "nova", "compute", "", True],
    ),
    (
        endpoint.KIND,
        {"id": "e", "service_id": "s", "interface": "public", "url": "http://x", "region_id": "o"},
        ["e", "o", "s", True, "public", "http://x"],
    ),
    (
        application_credential.KIND,
        {
            "id": "a",
            "name": "ci",
            "description": None,
            "project_id": "p",
            "unrestricted": None,
            "roles": [{"id": "r", "name": "member"}, {"id": "q"}],
            "access_rules": [{"service": "compute", "method": "GET", "path": "/v2.1/servers"}],
            "expires_at": "2027-01-01T00:00:00.000000",
        },
        [
            "a",
            "ci",
            None,
            "p",
            ["member", "q"],
            None,
            ["GET /v2.1/servers (compute)"],
            "2027-01-01T00:00:00.000000",
        ],
    ),
    (
        trust.KIND,
        {"id": "t", "trustor_user_id": "u", "trustee_user_id": "v", "project_id": "p"},
        ["t", None, False, "p", "v", "u"],
    ),
    (
        credential.KIND,
        {"id": "c", "user_id": "u", "type": "totp", "blob": "seed", "project_id": None},
        ["c", "totp", "u", "seed", None],
    ),
]
_NEW: list[tuple[Kind[Any], Mapping[str, Any]]] = [
    (
        project.KIND,
        {"name": "lab", "parent_id": "q", "tags": ["a"], "options": {"immutable": True}},
    ),
    (user.KIND, {"name": "eve", "password": "x", "options": {"lock_password": True}}),
    (group.KIND, {"name": "ops", "description": "x", "domain_id": "d"}),
    (role.KIND, {"name": "member", "description": None}),
    (domain.KIND, {"name": "Corp", "enabled": False}),
    (region.KIND, {"id": "one", "parent_region_id": "zero"}),
    (service.KIND, {"type": "compute", "name": "nova"}),
    (endpoint.KIND, {"service_id": "s", "interface": "public", "url": "http://x"}),
    (
        application_credential.KIND,
        {"name": "ci", "roles": [{"name": "member"}], "access_rules": [{"id": "rule"}]},
    ),
    (
        trust.KIND,
        {
            "trustor_user_id": "u",
            "trustee_user_id": "v",
            "roles": [{"id": "r"}],
            "impersonation": False,
        },
    ),
    (credential.KIND, {"user_id": "u", "type": "totp", "blob": "seed"}),
]


@pytest.mark.parametrize(("kind", "answer", "shown"), _CASES, ids=[case[0].name for case in _CASES])
def test_an_answer_is_read_and_shown(
    kind: Kind[Any], answer: Mapping[str, Any], shown: list[object]
) -> None:
    """Every column, those of ``--long`` too."""
    state = msgspec.convert({**answer, "links": {"self": "…"}}, kind.state)
    columns = (*kind.columns, *kind.long_columns)
    assert [column.value(state) for column in columns] == shown


@pytest.mark.parametrize(("kind", "fields"), _NEW, ids=[case[0].name for case in _NEW])
def test_only_what_is_given_is_sent(kind: Kind[Any], fields: Mapping[str, Any]) -> None:
    """The body is the fields under the kind's key, and nothing that was not said."""
    assert kind.new is not None
    body = kind.wrap(msgspec.convert(fields, kind.new))
    assert msgspec.json.decode(msgspec.json.encode(body)) == {kind.name: fields}


@pytest.mark.parametrize("kind", [case[0] for case in _NEW], ids=[case[0].name for case in _NEW])
def test_what_can_be_changed_is_patched(kind: Kind[Any]) -> None:
    """Keystone has no PUT on things; what cannot be changed has no body for it."""
    cannot = {"application_credential", "trust"}
    assert (kind.change is None) == (kind.name in cannot)
    assert kind.change is None or kind.update_method == "PATCH"


def test_every_kind_is_in_this_file() -> None:
    """All that can be made, but for assignments, which have no body."""
    assert [case[0] for case in _CASES] == [case[0] for case in _NEW]
    assert role_assignment.KIND.new is None


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"user_id": "u", "project_id": "p"}, "/v3/projects/p/users/u/roles/r"),
        ({"group_id": "g", "domain_id": "d"}, "/v3/domains/d/groups/g/roles/r"),
        ({"user_id": "a/b"}, "/v3/system/users/a%2Fb/roles/r"),
        (
            {"user_id": "u", "domain_id": "d", "is_inherited": True},
            "/v3/OS-INHERIT/domains/d/users/u/roles/r/inherited_to_projects",
        ),
    ],
)
def test_an_assignment_is_a_path(given: dict[str, Any], path: str) -> None:
    """Who, where, which role; nothing else."""
    assert assignment_path("r", **given) == path


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (
            {
                "role": {"id": "r"},
                "user": {"id": "u"},
                "scope": {"project": {"id": "p"}, "OS-INHERIT:inherited_to": "projects"},
            },
            ["r", "u", "", "p", "", "", True],
        ),
        (
            {
                "role": {"id": "r", "name": "admin"},
                "group": {"id": "g", "name": "ops", "domain": {"id": "d", "name": "Corp"}},
                "scope": {"domain": {"id": "d", "name": "Corp"}},
            },
            ["admin", "", "ops@Corp", "", "Corp", "", False],
        ),
        (
            {"role": {"id": "r"}, "user": {"id": "u"}, "scope": {"system": {"all": True}}},
            ["r", "u", "", "", "", "all", False],
        ),
    ],
)
def test_an_assignment_is_shown_by_ids_or_names(
    answer: Mapping[str, Any], shown: list[object]
) -> None:
    """Names with the domain in which they are unique."""
    kind = role_assignment.KIND
    state = msgspec.convert({**answer, "links": {}}, kind.state)
    assert [column.value(state) for column in kind.columns] == shown


@pytest.mark.parametrize(
    "struct",
    [
        user.NewUser(name="eve", password="swordfish"),
        user.UserChange(password="swordfish"),
        application_credential.NewApplicationCredential(name="ci", secret="swordfish"),
        application_credential.ApplicationCredentialState(id="a", secret="swordfish"),
        credential.NewCredential(user_id="u", type="totp", blob="swordfish"),
        credential.CredentialChange(blob="swordfish"),
        credential.CredentialState(id="c", blob="swordfish"),
    ],
    ids=lambda struct: type(struct).__name__,
)
def test_no_secret_is_in_a_text(struct: Body) -> None:
    """Logs and tracebacks show structs."""
    assert b"swordfish" in msgspec.json.encode(struct)
    assert "swordfish" not in f"{struct} {struct!r}"
