# SPDX-License-Identifier: Apache-2.0
"""Which services a cloud has."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackloom.errors import UnknownName
from stackloom.local import blueprint, preparation


def test_a_cloud_has_the_services_of_every_cloud_and_those_asked_for() -> None:
    """In the order of their ports, Keystone first."""
    known = blueprint.all_services()
    extras = [name for name, service in known.items() if service.is_extra]
    plain = list(blueprint.chosen_services())
    assert plain == ["keystone", "glance", "placement", "neutron", "nova", "cinder"]
    assert list(blueprint.chosen_services(extras)) == list(known)


def test_to_ask_for_what_every_cloud_has_changes_nothing() -> None:
    """``--with cinder`` is right whatever the default is."""
    assert blueprint.chosen_services(["cinder"]) == blueprint.chosen_services()


def test_a_service_that_is_not_there_is_named() -> None:
    """With those that can be asked for."""
    with pytest.raises(UnknownName, match='has no service "swift"'):
        blueprint.chosen_services(["swift"])


def test_each_choice_of_services_has_its_prepared_data(tmp_path: Path) -> None:
    """The databases of one are not taken for those of another."""
    keys = {preparation.key(tmp_path, names) for names in (("nova",), ("nova", "cinder"))}
    assert len(keys) == 2
