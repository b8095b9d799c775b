# SPDX-License-Identifier: Apache-2.0
"""``config``, ``token``, ``catalog`` and ``versions``, against files and a Keystone of rules."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.cloud import PASSWORD, token_document
from tests.fakes.http_bridge import served
from tests.fakes.transport import FakeTransport, answer

from stackloom.cli.commands.config import shown

_CLOUDS = f"""\
clouds:
  lab:
    profile: acme
    auth:
      auth_url: "https://{{region_name}}.lab/v3"
      username: alice
      user_domain_name: Default
      project_name: demo
      project_domain_name: Default
    regions:
    - one
    - name: two
      values: {{interface: admin}}
  other:
    auth: {{auth_url: "http://bob:{PASSWORD}@other", password: {PASSWORD}}}
"""
_SECURE = f"clouds:\n  lab:\n    auth:\n      password: {PASSWORD}\n"
_PUBLIC = "public-clouds:\n  acme:\n    cacert: /acme.pem\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The three files, in the working directory."""
    for name, text in {"clouds": _CLOUDS, "secure": _SECURE, "clouds-public": _PUBLIC}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def _say(stackloom: CommandLine, words: str) -> Said:
    return stackloom(*words.split())


# --- config ---------------------------------------------------------------------------------------


def test_every_setting_is_shown_with_its_place(stackloom: CommandLine, files: Path) -> None:
    """Option, variable, file and line, profile or default; the password as stars."""
    words = "config show --os-cloud lab --os-region-name two --os-username carol -f json"
    said = stackloom(*words.split())
    assert (said.code, said.stderr) == (0, "")
    rows = [tuple(row.values()) for row in json.loads(said.stdout)]
    clouds, secure = files / "clouds.yaml", files / "secure.yaml"
    assert rows == [
        ("auth_type", "password", "default"),
        ("auth_url", "https://two.lab/v3", f"{clouds}:5"),
        ("cacert", "/acme.pem", f"{files / 'clouds-public.yaml'}:3"),
        ("interface", "admin", f"{clouds}:13"),
        ("password", "***", f"{secure}:4"),
        ("project_domain_name", "Default", f"{clouds}:9"),
        ("project_name", "demo", f"{clouds}:8"),
        ("region_name", "two", "option --os-region-name"),
        ("user_domain_name", "Default", f"{clouds}:7"),
        ("username", "carol", "option --os-username"),
        ("verify", "True", "default"),
        ("(tokens kept on disk)", "True", f'cloud "lab" of {clouds}'),
    ]


def test_variables_are_shown_as_such(
    stackloom: CommandLine, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ones that count beside a cloud, with one word about those that do not."""
    monkeypatch.setenv("OS_INTERFACE", "internal")
    monkeypatch.setenv("OS_PASSWORD", PASSWORD)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/bundle.pem")
    words = "config show --os-cloud other -f value -c Name -c Source"
    said = stackloom(*words.split())
    assert "interface variable OS_INTERFACE\n" in said.stdout
    assert "cacert variable REQUESTS_CA_BUNDLE\n" in said.stdout
    assert said.stderr == (
        f'cloud "other" of {files / "clouds.yaml"} is used as it stands; ignored: OS_PASSWORD\n'
    )


@pytest.mark.parametrize(
    ("option", "settings"),
    [
        ("", {"verify": "False"}),
        (" --verify", {"verify": "true", "insecure": "false"}),
        (" --insecure", {"verify": "False", "insecure": "true"}),
    ],
)
def test_verification_is_a_matter_of_options_too(
    stackloom: CommandLine, tmp_path: Path, option: str, settings: dict[str, str]
) -> None:
    """They win over the file."""
    (tmp_path / "clouds.yaml").write_text("clouds: {lab: {verify: false, region_name: one}}\n")
    rows = json.loads(_say(stackloom, f"config show --os-cloud lab -f json{option}").stdout)
    values = {row["Name"]: row["Value"] for row in rows}
    assert {name: values[name] for name in ("verify", "insecure") if name in values} == settings


@pytest.mark.parametrize("words", ["config show --os-cloud other", "config list"])
def test_no_secret_is_shown(stackloom: CommandLine, files: Path, words: str) -> None:
    """Neither the password nor one inside an address."""
    said = stackloom(*words.split())
    assert said.code == 0
    assert PASSWORD not in said.stdout + said.stderr
    assert "http://***@other" in said.stdout


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        *((name, True) for name in ("password", "passcode", "token", "access_token", "code")),
        *((name, True) for name in ("application_credential_secret", "oauth2_client_secret")),
        *((name, False) for name in ("username", "key", "access_token_endpoint", "auth_methods")),
        *((name, False) for name in ("code_challenge_method", "application_credential_id")),
    ],
)
def test_a_secret_is_known_by_its_name(name: str, is_secret: bool) -> None:
    """Also those of plugins that only keystoneauth1 knows."""
    assert (shown(name, "x") == "***") is is_secret


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("postgresql://me:pass@db/x", "postgresql://***@db/x"),
        (
            "postgresql://db/x?user=me&password=pass&a=b",
            "postgresql://db/x?user=me&password=***&a=b",
        ),
        ("postgresql://me:pass@db/x?sslpassword=pass", "postgresql://***@db/x?sslpassword=***"),
        ("postgresql://me@/x?host=%2Frun", "postgresql://***@/x?host=%2Frun"),
        ("http://host/a@b", "http://host/a@b"),
        ("plain", "plain"),
    ],
)
def test_an_address_may_have_a_secret_in_it(value: str, meant: str) -> None:
    """Before the host, or behind the question mark."""
    assert shown("url", value) == meant


def test_the_clouds_of_the_files_are_listed(stackloom: CommandLine, files: Path) -> None:
    """With their regions and where they stand; nobody is asked."""
    said = stackloom("config", "list", "-f", "json", "-c", "Name", "-c", "Regions", "-c", "Source")
    assert json.loads(said.stdout) == [
        {"Name": "lab", "Regions": ["one", "two"], "Source": f"{files / 'clouds.yaml'}:2"},
        {"Name": "other", "Regions": [], "Source": f"{files / 'clouds.yaml'}:14"},
    ]


def test_without_files_there_are_no_clouds(stackloom: CommandLine) -> None:
    """An empty list, no error."""
    assert stackloom("config", "list", "-f", "json") == Said(code=0, stdout="[]\n", stderr="")


# --- a cloud of rules -----------------------------------------------------------------------------


class _Rules(FakeTransport):
    """A Keystone, and at its address whatever a test tells."""

    def __init__(self) -> None:
        super().__init__()
        self.address = ""
        self.log_ins = 0

    def hand_out_tokens(self, **changes: object) -> None:
        """Give a new token at each log-in, good for hours, with services below the address."""
        document = token_document(
            expires_at="2999-01-01T00:00:00Z",
            catalog={
                "identity": f"{self.address}/identity/v3",
                "network": f"{self.address}/network",
                "placement": f"{self.address}/placement",
            },
            methods=["password"],
            **changes,
        )

        def log_in(_request: object) -> object:
            self.log_ins += 1
            return answer(201, document, X_Subject_Token=f"token-{self.log_ins}")

        self.on("POST", "/v3/auth/tokens", log_in)  # type: ignore[arg-type]  # a narrower rule
        self.on("GET", "/identity/v3/auth/tokens", answer(200, document))
        self.on("DELETE", "/identity/v3/auth/tokens", answer(204))


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Rules]:
    """A cloud of rules, named by the variables."""
    fake = _Rules()
    with served(fake) as address:
        fake.address = address
        fake.hand_out_tokens()
        variables = {"AUTH_URL": address, "USER_ID": "u", "PASSWORD": PASSWORD, "PROJECT_ID": "p"}
        for name, value in variables.items():
            monkeypatch.setenv(f"OS_{name}", value)
        yield fake


_FACTS = {
    "expires": "2999-01-01T00:00:00+0000",
    "user": "alice",
    "user_id": "u-1",
    "user_domain": "Default",
    "scope": "project demo",
    "project_id": "p-1",
    "roles": ["member", "reader"],
    "methods": ["password"],
    "services": ["identity", "network", "placement"],
}


def test_a_token_is_issued_once_and_shown_without_itself(
    stackloom: CommandLine, rules: _Rules
) -> None:
    """The kept token serves the next command; only ``issue`` prints it."""
    assert _say(stackloom, "token issue -f value -c id").stdout == "token-1\n"
    shown_facts = _say(stackloom, "token show -f json")
    assert json.loads(shown_facts.stdout) == _FACTS
    assert "token-1" not in shown_facts.stdout
    assert _say(stackloom, "token issue -f value -c id").stdout == "token-1\n"
    assert rules.log_ins == 1


def test_without_a_cache_each_command_logs_in(stackloom: CommandLine, rules: _Rules) -> None:
    """``--no-cache`` neither reads nor writes."""
    for number in (1, 2):
        said = _say(stackloom, "token issue --no-cache -f value -c id")
        assert said.stdout == f"token-{number}\n"
    assert _say(stackloom, "token issue -f value -c id").stdout == "token-3\n"


@pytest.mark.parametrize(("words", "subject"), [("", "token-1"), (" another", "another")])
def test_keystone_is_asked_whether_a_token_is_good(
    stackloom: CommandLine, rules: _Rules, words: str, subject: str
) -> None:
    """One's own, or another."""
    said = _say(stackloom, f"token validate{words} -f json")
    assert json.loads(said.stdout) == _FACTS
    (request,) = rules.sent("GET", "/identity/v3/auth/tokens")
    assert request.headers["x-subject-token"] == subject


def test_a_token_may_come_from_stdin(
    stackloom: CommandLine, rules: _Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody sees it in the list of processes."""
    monkeypatch.setattr("sys.stdin", io.StringIO("another\n"))
    assert _say(stackloom, "token show - -f value -c user").stdout == "alice\n"
    assert _say(stackloom, "token show -") == Said(
        code=2, stdout="", stderr="error: there is no token on stdin\n"
    )


def test_a_token_that_is_none_is_told(stackloom: CommandLine, rules: _Rules) -> None:
    """Keystone's 404 in words."""
    rules.on("GET", "/identity/v3/auth/tokens", answer(404))
    said = stackloom("token", "validate", "another")
    assert (said.code, said.stdout) == (3, "")
    assert said.stderr == (
        "error: Keystone does not know this token: it has ended, or was revoked (HTTP 404)\n"
    )


def test_a_revoked_token_is_not_kept(stackloom: CommandLine, rules: _Rules) -> None:
    """The next command logs in anew; without one there is nothing to revoke."""
    assert stackloom("token", "revoke").stderr == "no token is kept, so there is none to revoke\n"
    stackloom("token", "issue")
    assert stackloom("token", "revoke") == Said(code=0, stdout="", stderr="revoked\n")
    (request,) = rules.sent("DELETE", "/identity/v3/auth/tokens")
    assert request.headers["x-subject-token"] == "token-1"
    assert _say(stackloom, "token issue -f value -c id").stdout == "token-2\n"


def test_revoking_another_token_keeps_ones_own(stackloom: CommandLine, rules: _Rules) -> None:
    """Only the one that was named ends."""
    stackloom("token", "issue")
    assert stackloom("token", "revoke", "another").code == 0
    assert _say(stackloom, "token issue -f value -c id").stdout == "token-1\n"


def test_the_catalog_is_listed(stackloom: CommandLine, rules: _Rules) -> None:
    """A line for each address, by region; as data for programs."""
    said = _say(stackloom, "catalog list -c Type -c Endpoints")
    line = f"  public: {rules.address}/identity/v3"
    assert f"| identity  | one{' ' * (len(line) - 3)} |\n|           | {line} |\n" in said.stdout
    as_data = json.loads(_say(stackloom, "catalog show network -f json").stdout)
    assert as_data == {
        "endpoints": [
            {"region_id": "one", "interface": "public", "url": f"{rules.address}/network"}
        ],
        "id": "",
        "name": "network",
        "type": "network",
    }


def test_a_service_that_the_catalog_lacks_is_told(stackloom: CommandLine, rules: _Rules) -> None:
    """With those that it has."""
    said = stackloom("catalog", "show", "compute")
    assert (said.code, said.stderr) == (
        2,
        'error: the catalog has no service "compute"\nhint: it has: identity, network, placement\n',
    )


def test_a_short_catalog_is_explained(stackloom: CommandLine, rules: _Rules) -> None:
    """A token without a project does not see all services."""
    rules.hand_out_tokens(project=None, system={"all": True})
    said = _say(stackloom, "catalog list -f value -c Type")
    assert said.stdout == "identity\nnetwork\nplacement\n"
    assert said.stderr == (
        "note: this token is for system; Keystone leaves out the services whose address has a "
        "project in it\n"
    )


def test_every_service_is_asked_for_its_versions(stackloom: CommandLine, rules: _Rules) -> None:
    """A 300 is read, links are brought home, and who does not answer is told; exit code 1 then."""
    keystone = {"id": "v3.14", "status": "stable", "links": [_self("http://wrong:1/identity/v3/")]}
    neutron = {"id": "v2.0", "status": "CURRENT", "links": [_self("https://behind/v2.0/")]}
    rules.on("GET", "/identity/", answer(300, {"versions": {"values": [keystone]}}))
    rules.on("GET", "/network/", answer(200, {"versions": [neutron]}))
    rules.on("GET", "/placement/", answer(404))
    said = _say(stackloom, "versions list -f value")
    assert said.code == 1
    assert said.stdout.splitlines() == [
        f"identity v3.14 STABLE {rules.address}/identity/v3/  ",
        f"network v2.0 CURRENT {rules.address}/network/v2.0/  ",
        "placement  no answer: Placement answered GET /placement/ with: not found (HTTP 404)   ",
    ]


def test_one_service_may_be_asked_alone(stackloom: CommandLine, rules: _Rules) -> None:
    """And one that answers with something else is no error."""
    rules.on("GET", "/network/", answer(200, {"hello": "world"}))
    said = _say(stackloom, "versions list --service network -f value")
    assert (said.code, said.stdout) == (
        0,
        f"network - tells no versions {rules.address}/network  \n",
    )


def _self(href: str) -> dict[str, str]:
    return {"rel": "self", "href": href}
