# SPDX-License-Identifier: Apache-2.0
"""Configuration files: what is in them and how it is written."""

from __future__ import annotations

from configparser import RawConfigParser
from pathlib import Path, PurePosixPath

import pytest

from stackloom.local import blueprint, configure
from stackloom.local.service import Blueprint
from stackloom.log import Secret

SERVICES = blueprint.all_services()


def _blueprint(*, is_preparing: bool = False) -> Blueprint:
    return Blueprint(
        environment=Path("/environment"),
        data=Path("/cloud/data"),
        run=Path("/cloud/run"),
        region="RegionOne",
        urls={name: f"http://127.0.0.1:{9000 + at}" for at, name in enumerate(SERVICES)},
        passwords={name: Secret(f"secret-of-{name}") for name in blueprint.user_names(SERVICES)},
        is_preparing=is_preparing,
    )


def _parsed(name: str, *, is_preparing: bool = False) -> RawConfigParser:
    texts = configure.configuration(_blueprint(is_preparing=is_preparing), SERVICES)
    parser = RawConfigParser()
    parser.read_string(texts[PurePosixPath(name)])
    return parser


def test_values_are_written_as_oslo_config_reads_them() -> None:
    """Booleans in lower case, dollars doubled, one empty line after each section."""
    text = configure.render(
        {"DEFAULT": {"debug": False, "workers": 1}, "api": {"password": "a$b", "on": True}}
    )
    assert text == ("[DEFAULT]\ndebug = false\nworkers = 1\n\n[api]\npassword = a$$b\non = true\n")


def test_a_value_of_two_lines_is_a_mistake_of_ours() -> None:
    """It would smuggle in another option."""
    with pytest.raises(AssertionError, match="one line"):
        configure.render({"DEFAULT": {"a": "b\nc = d"}})


def test_every_service_has_its_files() -> None:
    """The names are those that the services look for."""
    texts = configure.configuration(_blueprint(), SERVICES)
    assert sorted(str(path) for path in texts) == [
        "cinder/cinder.conf",
        "glance/glance-api.conf",
        "heat/heat.conf",
        "keystone/keystone.conf",
        "neutron/ml2.ini",
        "neutron/neutron.conf",
        "nova/nova.conf",
        "placement/placement.conf",
    ]


# Keystone asks nobody, and the dashboard asks with what the person types.
@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"keystone", "horizon"}))
def test_each_service_logs_in_as_itself(name: str) -> None:
    """No service knows the password of another, but Neutron and Nova talk with their own."""
    texts = configure.configuration(_blueprint(), SERVICES)
    own = "\n".join(text for path, text in texts.items() if path.parent.name == name)
    found = {user for user in blueprint.user_names(SERVICES) if f"secret-of-{user}" in own}
    assert found == {name}


def test_people_are_in_no_file() -> None:
    """The passwords of admin and demo are only in Keystone's database, hashed."""
    for text in configure.configuration(_blueprint(), SERVICES).values():
        assert "secret-of-admin" not in text
        assert "secret-of-demo" not in text


def test_neutron_asks_nobody_while_it_prepares() -> None:
    """There is no Keystone yet."""
    options = _parsed("neutron/neutron.conf", is_preparing=True)
    assert options["DEFAULT"]["auth_strategy"] == "noauth"
    assert _parsed("neutron/neutron.conf")["DEFAULT"]["auth_strategy"] == "keystone"


def test_databases_lie_in_the_data_directory() -> None:
    """What reset renews is all in one place."""
    options = _parsed("nova/nova.conf")
    assert options["database"]["connection"] == "sqlite:////cloud/data/databases/nova.sqlite"
    assert options["DEFAULT"]["state_path"] == "/cloud/data/nova"


def test_ports_do_not_collide() -> None:
    """Each service has an offset of its own, within the block that a cloud is given."""
    offsets = [service.port_offset for service in SERVICES.values()]
    assert offsets == sorted(set(offsets))
    assert [service.service_type for service in SERVICES.values()] == [
        "identity", "image", "placement", "network", "compute",
        "block-storage",
        "orchestration",
        "dashboard",
    ]  # fmt: skip
