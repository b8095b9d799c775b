# SPDX-License-Identifier: Apache-2.0
"""Which setting wins, and what is said about files that cannot be used; on real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.auth.settings import NAMES, Settings, cloud_names, read_settings
from stackloom.errors import BadConfig, UnknownName

_CLOUDS = """
clouds:
  lab:
    auth:
      auth_url: http://lab:5000
      username: alice
      password: 1234
      project_name: demo
      user_domain_name: Default
      project_domain_name: Default
    region_name: one
    interface: internal
  other:
    auth: {auth_url: http://other:5000}
"""


class _Home:
    """A home directory, an empty working directory, and the variables that point there."""

    def __init__(self, root: Path) -> None:
        self.directory = root / "home"
        self.configuration = self.directory / ".config/openstack"
        self.configuration.mkdir(parents=True)
        self.environment = {"HOME": str(self.directory)}

    def write(self, name: str, text: str, *, directory: Path | None = None) -> Path:
        """Put a file into the configuration directory, or into *directory*."""
        file = (directory or self.configuration) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def read(self, cloud_name: str = "lab", **options: str) -> Settings:
        """Read the settings of one cloud."""
        found = read_settings(options, self.environment, cloud_name=cloud_name)
        assert found is not None
        return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Home:
    """A person's home, with no other configuration in reach."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    return _Home(tmp_path)


_LAB = {
    "auth_url": "http://lab:5000",
    "username": "alice",
    "password": "1234",
    "project_name": "demo",
    "user_domain_name": "Default",
    "project_domain_name": "Default",
    "region_name": "one",
    "interface": "internal",
}


# --- which wins -----------------------------------------------------------------------------------


def test_a_named_cloud_is_read_from_its_file(home: _Home) -> None:
    """``auth:`` and the top level of an entry become one table of strings."""
    file = home.write("clouds.yaml", _CLOUDS)
    found = home.read()
    assert (found.source, found.values) == (f'cloud "lab" of {file}', _LAB)


def test_a_named_cloud_wins_over_stray_variables(home: _Home) -> None:
    """Variables of another cloud do not get mixed in; they are reported, as they were written."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment |= {
        "OS_USERNAME": "bob",
        "OS_TENANT_NAME": "other",
        "OS_PASSWORD": "x",
        "OS_CACERT": "",
    }
    found = home.read()
    assert found.values == _LAB
    assert found.ignored == ("OS_TENANT_NAME", "OS_USERNAME", "OS_PASSWORD")


def test_region_and_interface_of_the_environment_count_beside_a_named_cloud(home: _Home) -> None:
    """Everybody changes region by variable; that is no stray."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment |= {"OS_REGION_NAME": "two", "OS_ENDPOINT_TYPE": "public"}
    found = home.read()
    assert found.values == {**_LAB, "region_name": "two", "interface": "public"}
    assert found.ignored == ()


def test_options_win_over_all(home: _Home) -> None:
    """What is typed counts, over file and variables."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment["OS_REGION_NAME"] = "two"
    found = home.read(region_name="three", username="carol")
    assert found.values == {**_LAB, "region_name": "three", "username": "carol"}


def test_os_cloud_names_the_cloud(home: _Home) -> None:
    """Without an option the variable says which."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment["OS_CLOUD"] = "other"
    assert home.read("").values == {"auth_url": "http://other:5000"}
    assert home.read("lab").values == _LAB


def test_variables_are_a_cloud_by_themselves(home: _Home) -> None:
    """Without a name the variables count, the newer name before the older, empty ones not."""
    home.environment |= {
        "OS_AUTH_URL": "http://env:5000",
        "OS_TENANT_NAME": "older",
        "OS_PROJECT_NAME": "newer",
        "OS_TENANT_ID": "7",
        "OS_PASSWORD": "x",
        "OS_USER_ID": "",
    }
    found = home.read("", username="carol")
    assert found.source == "OS_* variables"
    assert found.values == {
        "auth_url": "http://env:5000",
        "project_name": "newer",
        "project_id": "7",
        "password": "x",
        "username": "carol",
    }


def test_options_are_a_cloud_by_themselves(home: _Home) -> None:
    """``--os-auth-url`` is enough to mean a cloud."""
    assert home.read("", auth_url="http://a").values == {"auth_url": "http://a"}


def test_without_any_name_there_is_no_cloud(home: _Home) -> None:
    """A file with clouds is not enough: one has to be named."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment["OS_USERNAME"] = "alice"
    assert read_settings({"username": "bob"}, home.environment) is None


@pytest.mark.parametrize(
    ("variables", "name"), [({}, "envvars"), ({"OS_CLOUD_NAME": "mine"}, "mine")]
)
def test_the_variables_can_be_named_as_a_cloud(
    home: _Home, variables: dict[str, str], name: str
) -> None:
    """So that one can switch to them for one command; the file does not matter then."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment |= {"OS_CLOUD": "lab", "OS_AUTH_URL": "http://a", **variables}
    found = home.read(name)
    assert (found.source, found.values) == ("OS_* variables", {"auth_url": "http://a"})


def test_variables_that_are_not_there_are_told(home: _Home) -> None:
    """Who names them and has none learns what the name means."""
    with pytest.raises(UnknownName) as caught:
        home.read("envvars")
    assert caught.value.message == (
        'cloud "envvars" is that of the OS_* variables, and none is set'
    )


def test_a_scope_that_is_typed_takes_the_place_of_the_files(home: _Home) -> None:
    """``--os-system-scope all`` needs no other file; domains of users and projects stay."""
    home.write("clouds.yaml", _CLOUDS)
    assert home.read(system_scope="all").values == {
        **{name: value for name, value in _LAB.items() if name != "project_name"},
        "system_scope": "all",
    }


@pytest.mark.parametrize(
    ("options", "auth_type"),
    [
        ({"token": "t"}, "token"),
        ({"application_credential_id": "c"}, "v3applicationcredential"),
        ({"token": "t", "auth_type": "v3token"}, "v3token"),
        ({"password": "p"}, None),
    ],
)
def test_a_token_that_is_typed_is_meant(
    home: _Home, options: dict[str, str], auth_type: str | None
) -> None:
    """The password in the file is not used then."""
    home.write("clouds.yaml", _CLOUDS)
    assert home.read(**options).values.get("auth_type") == auth_type


def test_an_empty_entry_stops_nobody_else(home: _Home) -> None:
    """A cloud that is only begun leaves the others as they are."""
    home.write("clouds.yaml", _CLOUDS + "  begun:\n")
    assert home.read().values == _LAB
    assert home.read("begun").values == {}


@pytest.mark.parametrize(
    ("given", "cacert"),
    [
        ({"REQUESTS_CA_BUNDLE": "/r.pem", "CURL_CA_BUNDLE": "/c.pem"}, "/r.pem"),
        ({"CURL_CA_BUNDLE": "/c.pem"}, "/c.pem"),
        ({"REQUESTS_CA_BUNDLE": ""}, None),
    ],
)
def test_what_the_openstack_client_trusts_is_trusted(
    home: _Home, given: dict[str, str], cacert: str | None
) -> None:
    """Its variables count where nothing else says what to trust."""
    home.environment |= {"OS_AUTH_URL": "http://a", **given}
    assert home.read("").values.get("cacert") == cacert
    assert home.read("", cacert="/own.pem").values["cacert"] == "/own.pem"


def test_a_service_has_its_variables(home: _Home) -> None:
    """Alone they count, beside a named cloud they are told."""
    home.write("clouds.yaml", _CLOUDS)
    home.environment |= {"OS_AUTH_URL": "http://a", "OS_COMPUTE_API_VERSION": "2.79"}
    assert home.read("").values["compute_api_version"] == "2.79"
    assert home.read("lab").ignored == ("OS_AUTH_URL", "OS_COMPUTE_API_VERSION")


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_its_variable(home: _Home, name: str) -> None:
    """Each setting can be given as ``OS_`` and its name in capitals."""
    home.environment |= {"OS_AUTH_URL": "http://a", f"OS_{name.upper()}": "http://b"}
    found = home.read("")
    assert found.values == {"auth_url": "http://a", name: "http://b"}
    assert found.origins[name].tell() == f"variable OS_{name.upper()}"


# --- what an entry may look like ------------------------------------------------------------------


def test_entries_are_written_in_many_ways(home: _Home) -> None:
    """Hyphens, older names and truths are understood; inside ``auth`` counts before beside it."""
    home.write(
        "clouds.yaml",
        """
        clouds:
          lab:
            auth: {auth-url: http://a, tenant_name: old, password: null, user_name: alice}
            username: top
            system_scope: all
            verify: false
            regions: [one, two]
            networks: [{name: a}]
            api_timeout: 30
        """,
    )
    assert home.read().values == {
        "auth_url": "http://a",
        "project_name": "old",
        "username": "alice",
        "system_scope": "all",
        "verify": "False",
        "region_name": "one",
        "api_timeout": "30",
    }


@pytest.mark.parametrize("auth", ["", "auth: nonsense", "auth: [a]"])
def test_an_entry_without_auth_is_read_all_the_same(home: _Home, auth: str) -> None:
    """What is missing is told later, together with everything else that is."""
    home.write("clouds.yaml", f"clouds:\n  lab:\n    region_name: one\n    {auth}\n")
    assert home.read().values == {"region_name": "one"}


@pytest.mark.parametrize(
    ("cache", "caches"),
    [
        ("", True),
        ("cache: {auth: false}", False),
        ("cache: {auth: true}", True),
        ("cache: {expiration: 5}", True),
        ("cache: 5", True),
    ],
)
def test_an_entry_may_refuse_the_token_cache(home: _Home, cache: str, caches: bool) -> None:
    """``cache: {auth: false}`` keeps tokens off the disk."""
    home.write("clouds.yaml", f"clouds:\n  lab:\n    region_name: one\n    {cache}\n")
    assert home.read().cache_tokens is caches


@pytest.mark.parametrize(
    ("cache", "path"),
    [("{path: ~/kept}", "~/kept"), ("{auth: true}", ""), ("5", ""), ("{path: 5}", "")],
)
def test_the_file_says_where_things_are_kept(home: _Home, cache: str, path: str) -> None:
    """``cache.path``, as openstacksdk has it."""
    home.write("clouds.yaml", f"cache: {cache}\nclouds:\n  lab:\n    region_name: one\n")
    assert home.read().cache_path == path


def test_secrets_may_lie_in_a_file_of_their_own(home: _Home) -> None:
    """``secure.yaml`` is laid over the entry, deep inside ``auth`` too."""
    home.write("clouds.yaml", _CLOUDS)
    home.write("secure.yaml", "clouds:\n  lab:\n    auth: {password: s3}\n    region_name: two\n")
    assert home.read().values == {**_LAB, "password": "s3", "region_name": "two"}
    assert home.read("other").values == {"auth_url": "http://other:5000"}


# --- where files are looked for -------------------------------------------------------------------


def test_the_working_directory_comes_first(home: _Home, tmp_path: Path) -> None:
    """A ``clouds.yaml`` beside the work counts before the one at home."""
    home.write("clouds.yaml", _CLOUDS)
    here = home.write("clouds.yaml", _CLOUDS, directory=tmp_path / "empty")
    assert home.read().source == f'cloud "lab" of {here}'


def test_the_configuration_directory_may_be_elsewhere(home: _Home, tmp_path: Path) -> None:
    """``XDG_CONFIG_HOME`` counts before ``~/.config``."""
    home.write("clouds.yaml", _CLOUDS)
    elsewhere = home.write("clouds.yml", _CLOUDS, directory=tmp_path / "xdg/openstack")
    home.environment["XDG_CONFIG_HOME"] = str(tmp_path / "xdg")
    assert home.read().source == f'cloud "lab" of {elsewhere}'


def test_both_files_may_be_named_by_variables(home: _Home, tmp_path: Path) -> None:
    """``OS_CLIENT_CONFIG_FILE`` and ``OS_CLIENT_SECURE_FILE`` count before all directories."""
    home.write("clouds.yaml", "clouds: {}")
    clouds = home.write("mine.yaml", _CLOUDS, directory=tmp_path)
    secure = home.write("hidden.yaml", "clouds: {lab: {auth: {password: s3}}}", directory=tmp_path)
    home.environment |= {
        "OS_CLIENT_CONFIG_FILE": str(clouds),
        "OS_CLIENT_SECURE_FILE": str(secure),
    }
    found = home.read()
    assert found.source == f'cloud "lab" of {clouds}'
    assert found.values["password"] == "s3"


def test_a_file_that_is_not_there_is_passed_over(home: _Home) -> None:
    """As in openstacksdk, a variable that names no file does not hide the others."""
    file = home.write("clouds.yaml", _CLOUDS)
    home.environment["OS_CLIENT_CONFIG_FILE"] = "/nowhere/clouds.yaml"
    assert home.read().source == f'cloud "lab" of {file}'


def test_json_is_read_too(home: _Home) -> None:
    """``clouds.json`` may be indented with tabs, which YAML does not allow."""
    home.write("clouds.json", '{\n\t"clouds": {"lab": {"auth": {"auth_url": "http://a"}}}\n}')
    assert home.read().values == {"auth_url": "http://a"}


def test_clouds_are_named_for_hints(home: _Home) -> None:
    """The names of the first file, sorted; none where there is no file or nothing in it."""
    assert cloud_names(home.environment) == []
    file = home.write("clouds.yaml", "")
    assert cloud_names(home.environment) == []
    file.write_text(_CLOUDS)
    assert cloud_names(home.environment) == ["lab", "other"]


# --- what is said ---------------------------------------------------------------------------------


def test_an_unknown_cloud_is_told_with_those_that_are(home: _Home) -> None:
    """A mistyped name is told with the file that was read and the names in it."""
    file = home.write("clouds.yaml", _CLOUDS)
    with pytest.raises(UnknownName) as caught:
        home.read("lap")
    assert caught.value.message == f'cloud "lap" is not in {file}'
    assert caught.value.hint == "it has: lab, other"
    file.write_text("clouds:\n")
    with pytest.raises(UnknownName) as caught:
        home.read("lap")
    assert caught.value.hint == "it has: none"


def test_without_a_file_the_places_are_told(home: _Home, tmp_path: Path) -> None:
    """Who has no ``clouds.yaml`` learns where one would be found."""
    with pytest.raises(UnknownName) as caught:
        home.read()
    assert caught.value.message == 'cloud "lab" is not known: no clouds.yaml was found'
    assert caught.value.hint == (
        f"looked in {tmp_path / 'empty'}, {home.configuration}, /etc/xdg/openstack, /etc/openstack"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "clouds:\n  lab:\n   - x\n  y: [",
            ":4:7: expected the node content, but found '<stream end>'",
        ),
        ("clouds:\n\tlab: 1", ":2:1: found character '\\t' that cannot start any token"),
        ("- clouds", " is not a mapping"),
        ("clouds: [a]", ": every entry under clouds: should be a mapping"),
        ("clouds: {lab: 5}", ": every entry under clouds: should be a mapping"),
        ("clouds: \x00", ": it has characters that YAML does not allow"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_place(
    home: _Home, text: str, message: str
) -> None:
    """Broken YAML is told with file, line and column; a wrong shape with the file."""
    file = home.write("clouds.yaml", text)
    with pytest.raises(BadConfig) as caught:
        home.read()
    assert caught.value.message == f"{file}{message}"


def test_a_file_that_is_no_text_is_told(home: _Home) -> None:
    """Bytes in another encoding end in a message."""
    file = home.configuration / "clouds.yaml"
    file.write_bytes(b"clouds: {caf\xe9: 1}")
    with pytest.raises(BadConfig) as caught:
        home.read()
    assert caught.value.message == f"{file}: it has characters that YAML does not allow"


def test_broken_json_is_told(home: _Home) -> None:
    """A ``clouds.json`` that is none ends in a message with its place."""
    file = home.write("clouds.json", '{"clouds": ')
    with pytest.raises(BadConfig) as caught:
        home.read()
    assert caught.value.message == f"{file}: Input data was truncated"


@pytest.mark.parametrize("value", ["*hunter", "!hunter", "!hun!ter", "&a 'hunter"])
def test_a_password_that_is_no_yaml_is_not_quoted_back(home: _Home, value: str) -> None:
    """A password that begins with a sign of YAML breaks the file; the message does not tell it."""
    home.write("clouds.yaml", f"clouds:\n  lab:\n    auth:\n      password: {value}\n")
    with pytest.raises(BadConfig) as caught:
        home.read()
    error = caught.value
    assert error.hint == "put what begins with one of * & ! % @ ` in quotes"
    assert "hun" not in f"{error} {error.hint}"
    assert error.__cause__ is None
    assert error.__suppress_context__
