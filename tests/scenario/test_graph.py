# SPDX-License-Identifier: Apache-2.0
"""Order among things that wait for each other."""

from __future__ import annotations

import random

from stackloom.scenario.graph import (
    everything_before,
    everything_behind,
    find_cycle,
    in_order,
    levels,
)


def test_a_graph_without_a_circle_has_none() -> None:
    """Nothing is found where nothing goes round, a node reached twice included."""
    assert find_cycle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []


def test_a_circle_is_told_in_the_order_of_need() -> None:
    """Only what is on the circle is named, not what leads to it."""
    assert find_cycle({"start": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c"]


def test_what_needs_itself_is_a_circle_of_one() -> None:
    """The shortest circle is found too."""
    assert find_cycle({"a": ["a"]}) == ["a"]


def test_a_need_that_is_no_node_is_no_circle() -> None:
    """What stands outside of the graph needs nothing."""
    assert find_cycle({"a": ["outside"]}) == []


def test_a_chain_of_any_length_is_walked_without_recursion() -> None:
    """A chain longer than Python's stack is searched and ordered."""
    needs = {number: [number + 1] for number in range(20_000)} | {20_000: []}
    assert find_cycle(needs) == []
    assert in_order(needs) == list(range(20_000, -1, -1))


def test_order_keeps_what_waits_for_nothing_as_it_stood() -> None:
    """Only needs change the order."""
    assert in_order({"c": [], "a": ["b"], "b": [], "d": ["a", "c"]}) == ["c", "b", "a", "d"]


def test_order_leaves_out_what_stands_on_or_behind_a_circle() -> None:
    """A caller that allows circles gets the rest."""
    assert in_order({"a": ["b"], "b": ["a"], "c": [], "d": ["a"]}) == ["c"]


def test_random_graphs_are_ordered_by_their_needs() -> None:
    """In 50 random graphs everything comes after what it needs, and nothing is lost."""
    for seed in range(50):
        chance = random.Random(seed)
        names = list(range(40))
        chance.shuffle(names)
        needs = {
            name: chance.sample(names[:place], min(place, chance.randrange(4)))
            for place, name in enumerate(names)
        }
        shuffled = dict(sorted(needs.items(), key=lambda _item: chance.random()))
        ordered = in_order(shuffled)
        place_of = {name: place for place, name in enumerate(ordered)}
        assert sorted(ordered) == sorted(names)
        assert all(place_of[need] < place_of[name] for name in names for need in needs[name])


def test_what_is_needed_is_one_level_before_the_first_that_needs_it() -> None:
    """A router needs nothing, and only the interface needs it: it is as far as the subnet."""
    needs = {
        "network": [],
        "router": [],
        "subnet": ["network"],
        "interface": ["subnet", "router"],
        "server": ["network", "subnet"],
        "address": ["server", "interface"],
        "alone": [],
    }
    assert levels(needs) == {
        "network": 0,
        "router": 1,
        "subnet": 1,
        "interface": 2,
        "server": 2,
        "address": 3,
        "alone": 0,
    }


def test_what_stands_on_a_circle_has_no_level() -> None:
    """Nor has what stands behind one, and the rest does not mind."""
    assert levels({"a": ["b"], "b": ["a"], "c": ["a", "d"], "d": []}) == {"d": 0}


def test_everything_behind_goes_through_others_and_includes_the_start() -> None:
    """What needs a start over two others is behind it; what the start needs is not."""
    needs = {"a": ["z"], "b": ["a"], "c": ["b", "a"], "d": ["z"], "z": []}
    assert everything_behind(["a"], needs) == {"a", "b", "c"}


def test_nothing_is_behind_nothing() -> None:
    """Without a start there is no end."""
    assert everything_behind([], {"a": ["b"], "b": []}) == set()


def test_everything_before_goes_through_others_and_includes_the_start() -> None:
    """What a start needs over two others is before it; what needs the start is not."""
    needs = {"a": ["b"], "b": ["c", "d"], "c": ["d"], "d": [], "z": ["a"]}
    assert everything_before(["a"], needs) == {"a", "b", "c", "d"}
