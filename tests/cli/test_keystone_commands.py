# SPDX-License-Identifier: Apache-2.0
"""Commands on users, roles and the like: what each asks of Keystone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer, body_of

_ID = "0123456789abcdef0123456789abcdef"


def _asked(rules: FakeTransport) -> list[str]:
    return [line for line in rules.lines if "auth/tokens" not in line]


def _has(rules: FakeTransport, plural: str, *things: dict[str, object]) -> None:
    rules.on("GET", f"/v3/{plural}", answer(200, {plural: things}))


@pytest.fixture
def known(rules: FakeTransport) -> FakeTransport:
    """Return a Keystone that knows one of each."""
    for plural in ("users", "groups", "projects", "roles", "domains"):
        _has(rules, plural, {"id": f"{plural[0]}-1", "name": "it"})
    return rules


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("--user it --project it", "/v3/projects/p-1/users/u-1/roles/r-1"),
        ("--group it --domain it", "/v3/domains/d-1/groups/g-1/roles/r-1"),
        ("--user it --system all", "/v3/system/users/u-1/roles/r-1"),
        (
            "--user it --project it --inherited",
            "/v3/OS-INHERIT/projects/p-1/users/u-1/roles/r-1/inherited_to_projects",
        ),
    ],
)
@pytest.mark.parametrize(("verb", "method"), [("add", "PUT"), ("remove", "DELETE")])
def test_a_role_is_given_and_taken(
    stackloom: CommandLine, known: FakeTransport, verb: str, method: str, words: str, path: str
) -> None:
    """To whom and where is all in the path."""
    known.on(method, path, answer(204))
    assert stackloom("role", verb, "it", *words.split()) == Said(code=0, stdout="", stderr="")
    assert _asked(known)[-1] == f"{method} {path}"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--project it", "a role is given to a --user or to a --group"),
        ("--user a --group b --project it", "a role is given to a --user or to a --group"),
        ("--user a", "a role is given in a --project, in a --domain, or in the --system"),
        (
            "--user a --project b --domain c",
            "a role is given in a --project, in a --domain, or in the --system",
        ),
        ("--user a --system all --inherited", "roles in the system are not inherited"),
    ],
)
def test_half_an_assignment_is_refused(
    stackloom: CommandLine, known: FakeTransport, words: str, told: str
) -> None:
    """Before anything is sent."""
    said = stackloom("role", "add", "it", *words.split())
    assert said == Said(code=2, stdout="", stderr=f"error: {told}\n")
    assert known.requests == []


def test_names_are_looked_for_in_their_domains(
    stackloom: CommandLine, known: FakeTransport
) -> None:
    """A user's may be another one than the project's."""
    known.on("PUT", "/v3/projects/p-1/users/u-1/roles/r-1", answer(204))
    words = "--user it --user-domain it --project it"
    assert stackloom("role", "add", "it", *words.split()).code == 0
    assert "GET /v3/users?name=it&domain_id=d-1" in _asked(known)
    assert "GET /v3/projects?name=it" in _asked(known)


def test_who_may_not_look_may_say_an_id(stackloom: CommandLine, known: FakeTransport) -> None:
    """A name that cannot be looked up is an error; what is an id goes as it is."""
    for plural in ("users", "roles"):
        known.on("GET", f"/v3/{plural}", answer(403))
    path = f"/v3/projects/p-1/users/{_ID}/roles/{_ID}"
    known.on("PUT", path, answer(204))
    words = ("--project", "it", "--user")
    assert stackloom("role", "add", _ID, *words, _ID).code == 0
    said = stackloom("role", "add", _ID, *words, "somebody")
    assert (said.code, "403" in said.stderr) == (3, True)


def test_assignments_are_filtered_by_the_service(
    stackloom: CommandLine, known: FakeTransport
) -> None:
    """Each option is a parameter; one's own need no look-up."""
    _has(known, "role_assignments")
    words = "--role it --group it --domain it --inherited --effective --names -f value"
    assert stackloom("role", "assignment", "list", *words.split()).code == 0
    assert _asked(known)[-1] == (
        "GET /v3/role_assignments?role.id=r-1&group.id=g-1&scope.domain.id=d-1"
        "&scope.OS-INHERIT%3Ainherited_to=projects&effective=true&include_names=true"
    )
    assert stackloom("role", "assignment", "list", "--auth-user", "--auth-project").code == 0
    assert _asked(known)[-1] == (
        "GET /v3/role_assignments?user.id=user-1&scope.project.id=project-1"
    )


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("user list --group it", "GET /v3/groups/g-1/users"),
        ("group list --user it", "GET /v3/users/u-1/groups"),
        ("project list --user it", "GET /v3/users/u-1/projects"),
        ("project list --my-projects", "GET /v3/auth/projects"),
        ("project list --parent it --disabled", "GET /v3/projects?parent_id=p-1&enabled=false"),
        (
            "application credential list --user it",
            "GET /v3/users/u-1/application_credentials",
        ),
        ("application credential list", "GET /v3/users/user-1/application_credentials"),
        ("region list --limit 1", "GET /v3/regions"),
        ("trust list --trustee it", "GET /v3/OS-TRUST/trusts?trustee_user_id=u-1"),
        ("trust list", "GET /v3/OS-TRUST/trusts"),
    ],
)
def test_a_list_is_asked_for_where_it_is(
    stackloom: CommandLine, known: FakeTransport, words: str, asked: str
) -> None:
    """Some lists are below others."""
    path = asked.split()[1].partition("?")[0]
    if path != "/v3/projects":
        known.on("GET", path, answer(200, {path.rpartition("/")[2]: []}))
    assert stackloom(*words.split(), "-f", "value").code == 0
    assert _asked(known)[-1] == asked


def test_members_see_their_own_projects(stackloom: CommandLine, rules: FakeTransport) -> None:
    """Where they may not list all, and a note says so; a filter is not dropped in silence."""
    rules.on("GET", "/v3/projects", answer(403))
    _has(rules, "auth/projects")
    own = {"projects": [{"id": "p", "name": "mine"}]}
    rules.on("GET", "/v3/auth/projects", answer(200, own))
    assert stackloom("project", "list", "-f", "csv") == Said(
        code=0,
        stdout='"ID","Name"\n"p","mine"\n',
        stderr="note: you may not list all projects; these are your own\n",
    )
    assert stackloom("project", "list", "--name", "x").code == 3


def test_one_that_is_there_is_shown_instead(stackloom: CommandLine, known: FakeTransport) -> None:
    """With ``--or-show``, in the domain in which it was to be made."""
    known.on("POST", "/v3/projects", answer(409, {"error": {"message": "there", "code": 409}}))
    words = ("project", "create", "it", "--domain", "it", "-f", "value", "-c", "id")
    assert stackloom(*words, "--or-show") == Said(code=0, stdout="p-1\n", stderr="")
    assert _asked(known)[-1] == "GET /v3/projects?name=it&domain_id=d-1"
    assert stackloom(*words).code == 3


def test_a_credential_names_roles_as_they_were_named(
    stackloom: CommandLine, rules: FakeTransport, tmp_path: Path
) -> None:
    """A member may not look up their ids; access rules come as JSON or from a file."""
    path = "/v3/users/user-1/application_credentials"
    made = {"application_credential": {"id": "a", "name": "ci", "secret": "swordfish"}}
    rules.on("POST", path, answer(201, made))
    (tmp_path / "rules.json").write_text('[{"id": "rule"}]', encoding="utf-8")
    for given in ('[{"id": "rule"}]', "rules.json"):
        words = ("--role", "member", "--role", _ID, "--unrestricted", "--access-rules", given)
        said = stackloom("application", "credential", "create", "ci", *words, "-f", "json")
        assert (said.code, said.stderr, "swordfish" in said.stdout) == (0, "", True)
        assert body_of(rules.requests[-1]) == {
            "application_credential": {
                "name": "ci",
                "roles": [{"name": "member"}, {"id": _ID}],
                "unrestricted": True,
                "access_rules": [{"id": "rule"}],
            }
        }
    said = stackloom("application", "credential", "create", "ci", "--access-rules", "none")
    assert said.code == 2
    assert said.stderr.startswith("error: --access-rules: neither JSON nor a file")


def test_an_endpoint_is_shown_with_its_service(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Which may be named by its type; an endpoint whose service is gone is listed all the same."""
    service: dict[str, object] = {"id": "s", "name": "nova", "type": "compute"}
    endpoint: dict[str, object] = {"id": "e", "service_id": "s", "url": "http://x"}
    lost = {**endpoint, "id": "f", "service_id": "gone"}
    services = answer(200, {"services": [service]})
    rules.on("GET", "/v3/services", services)
    _has(rules, "endpoints", endpoint, lost)
    columns = ("-f", "value", "-c", "ID", "-c", "Service Name", "-c", "Service Type")
    assert stackloom("endpoint", "list", *columns).stdout == "e nova compute\nf  \n"
    rules.on("GET", "/v3/services", answer(200, {"services": []}), services)
    rules.on("GET", "/v3/services/compute", answer(404))
    assert stackloom("endpoint", "list", "--service", "compute", *columns).code == 0
    assert "GET /v3/services?type=compute" in _asked(rules)
    assert _asked(rules)[-1] == "GET /v3/endpoints?service_id=s"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("user password set", "there is no terminal to ask on"),
        ("user create eve --password-prompt", "there is no terminal to ask on"),
    ],
)
def test_a_password_is_asked_for_on_a_terminal_only(
    stackloom: CommandLine, rules: FakeTransport, words: str, told: str
) -> None:
    """A script that forgot it is told, and does not hang."""
    assert stackloom(*words.split()) == Said(
        code=2, stdout="", stderr=f"error: {told}\nhint: give it as an option\n"
    )


def test_a_changed_password_drops_the_kept_token(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Keystone voids all tokens, so the next command logs in."""
    rules.on("POST", "/v3/users/user-1/password", answer(204))
    _has(rules, "regions")
    words = ("--password", "new", "--original-password", "old")
    said = stackloom("user", "password", "set", *words)
    assert said.stderr == "the password is changed; all tokens of this user are void\n"
    assert body_of(rules.requests[-1]) == {"user": {"original_password": "old", "password": "new"}}
    assert stackloom("region", "list").code == 0
    assert len(rules.sent("POST", "/v3/auth/tokens")) == 2


def test_users_are_put_into_groups_and_asked_about(
    stackloom: CommandLine, known: FakeTransport
) -> None:
    """Several at once; one that fails does not keep the others."""
    path = "/v3/groups/g-1/users/u-1"
    known.on("PUT", path, answer(204))
    assert stackloom("group", "add", "user", "it", "it", "it").code == 0
    assert _asked(known).count(f"PUT {path}") == 2
    known.on("HEAD", path, answer(204), answer(404))
    words = ("group", "contains", "user", "it", "it")
    assert stackloom(*words) == Said(code=0, stdout="it in group it\n", stderr="")
    assert stackloom(*words) == Said(code=1, stdout="it not in group it\n", stderr="")


def test_a_user_is_made_with_options(stackloom: CommandLine, rules: FakeTransport) -> None:
    """Those of Keystone's own are inside ``options``."""
    rules.on("POST", "/v3/users", answer(201, {"user": {"id": "u", "name": "eve"}}))
    words = "--enable-lock-password --multi-factor-auth-rule password,totp --disable"
    assert stackloom("user", "create", "eve", *words.split()).code == 0
    assert body_of(rules.requests[-1]) == {
        "user": {
            "name": "eve",
            "enabled": False,
            "options": {"lock_password": True, "multi_factor_auth_rules": [["password", "totp"]]},
        }
    }


def test_a_trust_is_made_of_names(stackloom: CommandLine, known: FakeTransport) -> None:
    """Roles by name, the rest by id."""
    known.on("POST", "/v3/OS-TRUST/trusts", answer(201, {"trust": {"id": "t"}}))
    words = "it it --project it --role member --expiration 2027-01-01T00:00:00"
    assert stackloom("trust", "create", *words.split()).code == 0
    assert body_of(known.requests[-1]) == {
        "trust": {
            "trustor_user_id": "u-1",
            "trustee_user_id": "u-1",
            "project_id": "p-1",
            "roles": [{"name": "member"}],
            "impersonation": False,
            "expires_at": "2027-01-01T00:00:00",
        }
    }
