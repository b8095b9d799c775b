# SPDX-License-Identifier: Apache-2.0
"""What layers come to; that it is what openstacksdk makes of them, ``test_like_openstacksdk`` says.

Here is what that cannot say: mistakes, and where each value came from.
"""

from __future__ import annotations

import pytest

from stackloom.auth.entry import Entry, chosen_region, known_regions
from stackloom.auth.origin import Origin
from stackloom.errors import BadConfig

_LOW, _HIGH = Origin(words="low"), Origin(words="high")


def test_each_value_keeps_its_place() -> None:
    """Key by key inside ``auth``; of what is beside it, each as a whole."""
    entry = Entry()
    entry.put({"auth": {"username": "a", "password": "x"}, "cert": "1"}, _LOW, nulls_count=True)
    entry.put({"auth": {"username": "b"}, "cert": None, "key": "2"}, _HIGH, nulls_count=True)
    told = {n: (given.value, given.origin.words) for n, given in entry.result("x").items()}
    assert told == {
        "username": ("b", "high"),
        "password": ("x", "low"),
        "key": ("2", "high"),
    }


def test_a_region_takes_nothing_away() -> None:
    """Its nulls say nothing, where those of a cloud take a profile's value away."""
    entry = Entry()
    entry.put({"cert": "1", "interface": None}, _LOW, nulls_count=True)
    entry.put({"cert": None}, _HIGH, nulls_count=False)
    assert [(name, given.value) for name, given in entry.result("x").items()] == [("cert", "1")]


@pytest.mark.parametrize("text", ["{region}", "{0}", "{", "{region_name.x}", "}"])
def test_braces_that_name_nothing_are_told(text: str) -> None:
    """A typing error in an address ends before anything is sent."""
    entry = Entry()
    entry.put({"auth": {"auth_url": f"http://{text}"}}, _LOW, nulls_count=True)
    with pytest.raises(BadConfig) as caught:
        entry.result('cloud "lab"')
    assert caught.value.message == 'cloud "lab": auth_url has braces that name no setting'
    assert caught.value.hint == (
        "{region_name} and other settings beside auth: can be filled in; write {{ for {"
    )


def test_a_password_may_have_braces() -> None:
    """Wherever it stands."""
    entry = Entry()
    entry.put({"password": "{x}", "auth": {"passcode": "{y}"}}, _LOW, nulls_count=True)
    values = {name: given.value for name, given in entry.result("x").items()}
    assert values == {"password": "{x}", "passcode": "{y}"}


@pytest.mark.parametrize("region", [{"values": {}}, {"name": "one", "auth": {}}])
def test_a_region_that_is_none_is_told(region: dict[str, object]) -> None:
    """It is a name, or a name with values."""
    with pytest.raises(BadConfig) as caught:
        known_regions({"regions": ["zero", region]}, _LOW, 'cloud "lab"')
    assert caught.value.message == (
        'cloud "lab": an entry under regions: is neither a name nor name and values'
    )


@pytest.mark.parametrize("regions", [None, 5, []])
def test_a_list_of_regions_that_is_none_has_none(regions: object) -> None:
    """The cloud is used without."""
    found = known_regions({"regions": regions}, _LOW, "x")
    assert found == []
    assert chosen_region(found, "", "x") is None
