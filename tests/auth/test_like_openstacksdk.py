# SPDX-License-Identifier: Apache-2.0
"""The same files and variables, read by openstacksdk and by us, come to the same settings.

Generated configurations, the same in each run, of everything that people write into these files.
What differs on purpose is named in ``DIFFERENCES`` and in docs/guide/which-cloud.md, and has its
own test below, which would fail if openstacksdk came to agree.
"""

from __future__ import annotations

import os
import random
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from openstack.config.loader import OpenStackConfig
from openstack.exceptions import ConfigException

from stackloom.auth.config import cloud_config
from stackloom.auth.settings import Settings, read_settings
from stackloom.errors import StackloomError

CONFIGURATIONS = 600
PER_TEST = 50

DIFFERENCES = {
    "region-of-the-environment": "OS_REGION_NAME and OS_INTERFACE count beside a named cloud",
    "auth-plugin": "auth_plugin counts where no auth_type is given",
    "null": "a null is no value; the SDK makes the text None of some",
    "empty-variable": "an empty variable is not set",
    "hyphens": "endpoint-type means interface as well as endpoint_type does",
    "verify-in-words": "the text false turns verification off, which only YAML's false does there",
    "region-that-is-not-listed": "one region_name is a default, not the list of all there are",
    "default-domain": "default_domain counts, as in python-openstackclient",
    "broken-file": "a file that is no YAML stops; the SDK goes on with the next",
    "xdg-config-dirs": "each directory counts; the SDK joins several to one that does not exist",
    "profile-of-variables": "OS_PROFILE is osprofiler's, not the name of a vendor's profile",
    "no-name": "with one cloud in the file and none named, the local cloud is meant, not that one",
}

# What both have to agree on: the log-in, and how services are reached.
_AUTH = (
    "auth_url",
    "username",
    "user_id",
    "password",
    "user_domain_id",
    "user_domain_name",
    "project_id",
    "project_name",
    "project_domain_id",
    "project_domain_name",
    "domain_id",
    "domain_name",
    "system_scope",
    "trust_id",
    "default_domain_id",
    "default_domain_name",
)
_BESIDE = (
    "auth_type",
    "region_name",
    "interface",
    "cacert",
    "cert",
    "key",
    "compute_endpoint_override",
    "compute_interface",
    "network_region_name",
    "image_api_version",
)


# The SDK reads these with hyphens as well as with underscores.
_HYPHENATED = re.compile("^(user_|project_)?domain_|^(project|tenant)_")


class _Maker:
    """Makes one configuration of chance: files by name, variables, and the cloud to ask for."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.hyphens = self.seldom()

    def often(self) -> bool:
        return self.chance.random() < 0.6

    def seldom(self) -> bool:
        return self.chance.random() < 0.2

    def word(self, stem: str) -> str:
        return f"{stem}-{self.chance.randrange(1000)}"

    def scalar(self, stem: str) -> object:
        """Return a value as people write them: a word, seldom a number."""
        return self.chance.randrange(1, 9999) if self.seldom() else self.word(stem)

    def auth(self) -> dict[str, object]:
        names = ["username", "user_name", "user_id", "password", "system_scope", "trust_id"]
        names += ["project_name", "project_id", "tenant_name", "tenant_id"]
        names += [f"{a}_domain_{b}" for a in ("user", "project", "default") for b in ("id", "name")]
        names += ["domain_id", "domain_name"]
        auth = {name: self.scalar(name) for name in names if self.seldom()}
        if self.often():
            auth["auth_url"] = self.chance.choice(
                ["http://keystone:5000", "https://{region_name}.example/v3", "http://k/{interface}"]
            )
        return self.spelled(auth)

    def spelled(self, mapping: dict[str, object]) -> dict[str, object]:
        """Spell the names of domains and projects with hyphens, in some configurations."""
        if not self.hyphens:
            return mapping
        return {
            name.replace("_", "-") if _HYPHENATED.search(name) else name: value
            for name, value in mapping.items()
        }

    def beside(self) -> dict[str, object]:
        entry: dict[str, object] = {}
        for name in ("username", "password", "project_name", "tenant_id", "domain_name", "user_id"):
            if self.seldom():
                entry[name] = self.scalar(f"beside-{name}")
        for name in ("user_domain_id", "project_domain_name", "system_scope", "trust_id", "token"):
            if self.seldom():
                entry[name] = self.scalar(f"beside-{name}")
        for name in ("interface", "endpoint_type", "compute_interface", "compute_endpoint_type"):
            if self.seldom():
                entry[name] = self.chance.choice(["public", "internal", "admin", "internalURL"])
        for name in ("compute_endpoint_override", "network_region_name", "image_api_version"):
            if self.seldom():
                entry[name] = self.scalar(name)
        for name in ("cacert", "cert", "key"):
            if self.seldom():
                entry[name] = self.chance.choice(["/etc/x.pem", "~/x.pem", "/{region_name}.pem"])
        if self.seldom():
            entry["verify"] = self.chance.choice([True, False])
        if self.seldom():
            entry["insecure"] = self.chance.choice([True, False, "true", "True", "no", "1"])
        if self.seldom():
            entry["auth_type"] = self.chance.choice(["password", "v3password"])
        entry.update(self.regions())
        items = list(self.spelled(entry).items())
        self.chance.shuffle(items)
        return dict(items)

    def regions(self) -> dict[str, object]:
        choice = self.chance.randrange(5)
        if choice == 0:
            return {"region_name": self.word("region")}
        if choice == 1:
            return {"region_name": "first,second"}
        if choice == 2:
            return {"regions": [self.word("a"), self.word("b")]}
        if choice == 3:
            values = {"auth": self.auth(), "interface": None, **self.values()}
            return {"regions": [{"name": self.word("r"), "values": values}, "second"]}
        return {}

    def values(self) -> dict[str, object]:
        return {"cacert": "/region.pem"} if self.often() else {"username": "of-the-region"}

    def entry(self) -> dict[str, object]:
        entry = self.beside()
        if self.often() or self.often():
            entry["auth"] = self.auth()
        return entry

    def files(self) -> dict[str, object]:
        entry = self.entry()
        files: dict[str, object] = {"clouds": {"clouds": {"lab": entry, "other": self.entry()}}}
        if self.often():
            files["secure"] = {"clouds": {"lab": {"auth": {"password": self.scalar("secret")}}}}
            if self.seldom():
                files["secure"] = {"clouds": {"lab": self.entry()}}
        if self.seldom():
            entry["profile"] = self.chance.choice(["acme", "otc", "unknown"])
            if self.often():
                files["clouds-public"] = {"public-clouds": {"acme": self.entry()}}
            else:
                files["clouds-public"] = {"public-clouds": {"acme": {"region_name": "acme-one"}}}
        return files

    def variables(self) -> dict[str, str]:
        names = ["USERNAME", "USER_ID", "PASSWORD", "PROJECT_NAME", "TENANT_NAME", "PROJECT_ID"]
        names += ["USER_DOMAIN_NAME", "PROJECT_DOMAIN_ID", "DOMAIN_NAME", "SYSTEM_SCOPE", "CACERT"]
        names += ["REGION_NAME", "INTERFACE", "TRUST_ID", "DEFAULT_DOMAIN_NAME", "ENDPOINT_TYPE"]
        names += ["COMPUTE_ENDPOINT_OVERRIDE", "IMAGE_API_VERSION", "NETWORK_REGION_NAME"]
        variables = {f"OS_{name}": self.word(f"/{name.lower()}") for name in names if self.seldom()}
        return {"OS_AUTH_URL": "http://variables:5000/v3", **variables}


def _write(files: Mapping[str, object], directory: Path) -> None:
    for stem, document in files.items():
        (directory / f"{stem}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def _theirs(directory: Path, name: str | None, region: str | None = None) -> dict[str, Any]:
    """Read with openstacksdk: its whole configuration, and what it hands to requests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of old names
        loader = OpenStackConfig(
            config_files=[str(directory / "clouds.yaml")],
            secure_files=[str(directory / "secure.yaml")],
            vendor_files=[str(directory / "clouds-public.yaml")],
        )
        arguments: dict[str, Any] = {"region_name": region} if region else {}
        cloud = loader.get_one(name, validate=False, **arguments)
        config = loader.get_one(name, validate=False, **arguments).config
        config = loader._validate_auth(config, loader._get_auth_loader(config))
        verify, certificate = cloud.get_requests_verify_args()
    return {"config": config, "verify": verify, "certificate": certificate}


def _told(values: Mapping[str, object], names: tuple[str, ...]) -> dict[str, str]:
    """Bring what was given into one form: no empty values, numbers as text."""
    return {name: str(values[name]) for name in names if values.get(name)}


def _shape_of_theirs(theirs: Mapping[str, Any]) -> dict[str, object]:
    config = theirs["config"]
    certificate = theirs["certificate"]
    beside = _told(config, _BESIDE)
    return {
        "auth": _told(config["auth"], _AUTH),
        "beside": beside,
        "verify": bool(theirs["verify"]),
        "cacert": theirs["verify"] if isinstance(theirs["verify"], str) else "",
        "certificate": certificate or "",
    }


def _shape_of_ours(ours: Settings) -> dict[str, object]:
    values = {"auth_type": "password", "interface": "public", **ours.values}
    tls_names = ("cacert", "cert", "key", "verify", "insecure")
    complete = {"auth_url": "http://a", "user_id": "u", "password": "p"}
    complete |= {name: values[name] for name in tls_names if name in values}
    tls = cloud_config(Settings(source="x", values=complete)).tls
    certificate: object = str(tls.certificate_file) if tls.certificate_file else ""
    if tls.certificate_file and tls.key_file:
        certificate = (str(tls.certificate_file), str(tls.key_file))
    return {
        "auth": _told(values, _AUTH),
        "beside": _told(values, _BESIDE),
        "verify": tls.verify,
        "cacert": str(tls.ca_file) if tls.ca_file and tls.verify else "",
        "certificate": certificate,
    }


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place with no other configuration in reach of either."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [*os.environ]:
        if name.startswith(("OS_", "XDG_")) or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    return tmp_path


def _environment(directory: Path, variables: Mapping[str, str]) -> dict[str, str]:
    return {"HOME": str(directory), **variables}


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, CONFIGURATIONS, PER_TEST))
def test_files_come_to_the_same_settings(first: int, directory: Path) -> None:
    """Fifty generated sets of files: log-in, region, interface, trust and services agree."""
    for seed in range(first, first + PER_TEST):
        for file in directory.glob("*.yaml"):
            file.unlink()
        files = _Maker(seed).files()
        _write(files, directory)
        theirs = _shape_of_theirs(_theirs(directory, "lab"))
        ours = read_settings({}, _environment(directory, {}), cloud_name="lab")
        assert ours is not None
        assert _shape_of_ours(ours) == theirs, yaml.safe_dump(files)


@pytest.mark.slow
def test_a_region_that_is_asked_for_comes_to_the_same_settings(directory: Path) -> None:
    """Of every generated cloud that lists several: each region, with its own values."""
    compared = 0
    for seed in range(CONFIGURATIONS // 4):
        files = _Maker(seed).files()
        _write(files, directory)
        clouds = files["clouds"]
        assert isinstance(clouds, dict)
        for region in clouds["clouds"]["other"].get("regions", []):
            name = region["name"] if isinstance(region, dict) else region
            theirs = _shape_of_theirs(_theirs(directory, "other", name))
            ours = read_settings(
                {"region_name": name}, _environment(directory, {}), cloud_name="other"
            )
            assert ours is not None
            assert _shape_of_ours(ours) == theirs, yaml.safe_dump(files)
            compared += 1
    assert compared > 80


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, CONFIGURATIONS, PER_TEST))
def test_variables_come_to_the_same_settings(
    first: int, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty generated sets of variables, alone."""
    for seed in range(first, first + PER_TEST):
        variables = _Maker(seed).variables()
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            theirs = _shape_of_theirs(_theirs(directory, None))
        ours = read_settings({}, _environment(directory, variables))
        assert ours is not None
        assert _shape_of_ours(ours) == theirs, variables


# --- what differs on purpose ----------------------------------------------------------------------


_LAB_AUTH = {"auth_url": "http://a", "username": "alice", "password": "x"}


def _both(
    directory: Path,
    entry: Mapping[str, object],
    variables: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Mapping[str, str], dict[str, Any]]:
    """Read one entry beside variables with both: our values, their whole configuration."""
    _write({"clouds": {"clouds": {"lab": {"auth": _LAB_AUTH, **entry}}}}, directory)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ours = read_settings({}, _environment(directory, variables), cloud_name="lab")
    assert ours is not None
    return ours.values, _theirs(directory, "lab")["config"]


@pytest.mark.parametrize(
    ("difference", "entry", "variables", "name", "ours", "theirs"),
    [
        (
            "region-of-the-environment",
            {"region_name": "one"},
            {"OS_REGION_NAME": "two"},
            "region_name",
            "two",
            "one",
        ),
        (
            "auth-plugin",
            {"auth_plugin": "v3password"},
            {},
            "auth_type",
            "v3password",
            "password",
        ),
        ("hyphens", {"endpoint-type": "admin"}, {}, "interface", "admin", "public"),
        ("default-domain", {"default_domain": "d"}, {}, "default_domain_id", "d", None),
    ],
)
def test_settings_that_differ_on_purpose(
    difference: str,
    entry: dict[str, object],
    variables: dict[str, str],
    name: str,
    ours: str,
    theirs: str | None,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each as both read it; where openstacksdk comes to agree, the list above is to be cut."""
    assert difference in DIFFERENCES
    our_values, their_config = _both(directory, entry, variables, monkeypatch)
    assert our_values.get(name) == ours
    assert their_config.get(name) == theirs


def test_a_null_is_no_value(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``null``: an empty setting is left out, where the SDK reads the word None."""
    entry = {"auth": {**_LAB_AUTH, "project_name": None}}
    ours, theirs = _both(directory, entry, {}, monkeypatch)
    assert "project_name" not in ours
    assert theirs["auth"]["project_name"] == "None"


def test_an_empty_variable_is_not_set(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``empty-variable``: OS_INTERFACE="" leaves the default."""
    variables = {"OS_AUTH_URL": "http://a", "OS_INTERFACE": ""}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ours = read_settings({}, _environment(directory, variables))
    assert ours is not None
    assert "interface" not in ours.values
    assert _theirs(directory, None)["config"]["interface"] == ""


def test_the_text_false_turns_verification_off(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``verify-in-words``: OS_VERIFY=false means what it says; the SDK goes on verifying."""
    _both(directory, {"verify": "false"}, {}, monkeypatch)
    ours = read_settings({}, _environment(directory, {}), cloud_name="lab")
    assert ours is not None
    assert _shape_of_ours(ours)["verify"] is False
    assert _theirs(directory, "lab")["verify"] == "false"


def test_a_region_beside_the_only_one_may_be_asked_for(directory: Path) -> None:
    """``region-that-is-not-listed``: one name is a default; a list is a list, for both."""
    entries = {"one": {"region_name": "a"}, "two": {"regions": ["a", "b"]}}
    _write({"clouds": {"clouds": entries}}, directory)
    ours = read_settings({"region_name": "z"}, _environment(directory, {}), cloud_name="one")
    assert ours is not None
    assert ours.values["region_name"] == "z"
    with pytest.raises(ConfigException, match="Region z is not a valid region"):
        _theirs(directory, "one", "z")
    with pytest.raises(StackloomError, match='has no region "z"') as caught:
        read_settings({"region_name": "z"}, _environment(directory, {}), cloud_name="two")
    assert caught.value.hint == "it has: a, b; letter case counts"


def test_a_broken_file_stops(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``broken-file``: a typing error is told, instead of another file being read."""
    _write({"clouds": {"clouds": {"lab": {"auth": _LAB_AUTH}}}}, directory)
    broken = directory / "broken.yaml"
    broken.write_text("clouds: [")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(broken))
    assert _theirs(directory, "lab")["config"]["auth"]["username"] == "alice"
    variables = {"OS_CLIENT_CONFIG_FILE": str(broken)}
    with pytest.raises(StackloomError, match=r"broken\.yaml:1:10"):
        read_settings({}, _environment(directory, variables), cloud_name="lab")


def test_each_shared_directory_counts(directory: Path) -> None:
    """``xdg-config-dirs``: the second of two is searched as well."""
    shared = directory / "shared/openstack"
    shared.mkdir(parents=True)
    _write({"clouds": {"clouds": {"lab": {"auth": _LAB_AUTH}}}}, shared)
    variables = {"XDG_CONFIG_DIRS": f"/nowhere:{directory / 'shared'}"}
    ours = read_settings({}, _environment(directory, variables), cloud_name="lab")
    assert ours is not None
    assert ours.values == _LAB_AUTH


def test_the_key_of_osprofiler_is_no_profile(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``profile-of-variables``: OS_PROFILE=otc does not turn the variables into that cloud."""
    variables = {"OS_USERNAME": "alice", "OS_PROFILE": "otc", "OS_AUTH_URL": "http://a"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ours = read_settings({}, _environment(directory, variables))
    assert ours is not None
    assert "region_name" not in ours.values
    assert _theirs(directory, None)["config"]["profile"] == "otc"


def test_the_only_cloud_of_a_file_has_to_be_named(directory: Path) -> None:
    """``no-name``: a destroy must not hit a cloud because it is the only one in the file."""
    _write({"clouds": {"clouds": {"lab": {"auth": _LAB_AUTH}}}}, directory)
    assert read_settings({}, _environment(directory, {})) is None
    assert _theirs(directory, None)["config"]["auth"]["username"] == "alice"


def test_every_difference_is_told_to_people_too() -> None:
    """The guide has a line for each."""
    guide = Path(__file__).parents[2] / "docs/guide/which-cloud.md"
    text = guide.read_text(encoding="utf-8")
    assert [name for name, words in DIFFERENCES.items() if words not in text] == []
