# SPDX-License-Identifier: Apache-2.0
"""The options that every command takes."""

from __future__ import annotations

import pytest

from stackloom.auth.settings import NAMES
from stackloom.cli.options import take_cloud_options
from stackloom.errors import UsageError


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_its_option(name: str) -> None:
    """With a value after it or behind an equals sign."""
    option = f"--os-{name.replace('_', '-')}"
    for words in ([option, "x"], [f"{option}=x"]):
        found, rest = take_cloud_options(["network", *words, "list"])
        assert (found.settings, rest) == ({name: "x"}, ["network", "list"])


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--os-tenant-name", "project_name"),
        ("--os-default-domain", "default_domain_id"),
        ("--os-endpoint-type", "interface"),
        ("--os-compute-api-version", "compute_api_version"),
        ("--os-volume-endpoint-override", "volume_endpoint_override"),
    ],
)
def test_older_words_and_those_of_services_are_known(option: str, name: str) -> None:
    """As fingers have learnt them."""
    found, _ = take_cloud_options([option, "x"])
    assert found.settings == {name: "x"}


@pytest.mark.parametrize("option", ["--os-nonsense", "--os-default-microversion"])
def test_what_is_no_option_is_told(option: str) -> None:
    """Before anything is asked of a cloud."""
    with pytest.raises(UsageError, match=f"there is no option {option}"):
        take_cloud_options([option, "x"])


def test_what_stands_behind_two_hyphens_is_left_alone() -> None:
    """It is the command's affair."""
    found, rest = take_cloud_options(["local", "run", "--", "x", "--os-cloud", "y"])
    assert (found.cloud, rest) == ("", ["local", "run", "--", "x", "--os-cloud", "y"])


def test_options_of_commands_that_look_alike_are_theirs() -> None:
    """``image set --os-distro`` is no setting of a cloud."""
    words = ["image", "set", "web", "--os-distro", "debian", "--os-version=12"]
    found, rest = take_cloud_options(words)
    assert (found.settings, rest) == ({}, words)
