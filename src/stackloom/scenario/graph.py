# SPDX-License-Identifier: Apache-2.0
"""Order among things that wait for each other. Pure; knows nothing about what they are."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def find_cycle(needs: Mapping[Node, Iterable[Node]]) -> list[Node]:
    """Return the nodes of one circle in the order in which they need each other, [] if none.

    Linear in nodes and edges; without recursion, so that a chain may be of any length.
    """
    done: set[Node] = set()
    for start in needs:
        if start in done:
            continue
        path: list[Node] = [start]
        on_path = {start}
        branches = [iter(needs.get(start, ()))]
        while branches:
            following = next(branches[-1], None)
            if following is None:
                branches.pop()
                finished = path.pop()
                on_path.discard(finished)
                done.add(finished)
            elif following in on_path:
                return path[path.index(following) :]
            elif following not in done:
                path.append(following)
                on_path.add(following)
                branches.append(iter(needs.get(following, ())))
    return []


def in_order(needs: Mapping[Node, Collection[Node]]) -> list[Node]:
    """Return all nodes so that each comes after those it needs, otherwise as they stood.

    Linear in nodes and edges. Nodes on a circle, and those behind one, are left out.
    """
    needed_by: dict[Node, list[Node]] = {}
    waiting = {node: len(wanted) for node, wanted in needs.items()}
    for node, wanted in needs.items():
        for each in wanted:
            needed_by.setdefault(each, []).append(node)
    ordered = [node for node, count in waiting.items() if count == 0]
    for node in ordered:  # grows while it is walked
        for behind in needed_by.get(node, ()):
            waiting[behind] -= 1
            if waiting[behind] == 0:
                ordered.append(behind)
    return ordered


def levels(needs: Mapping[Node, Collection[Node]]) -> dict[Node, int]:
    """Return how far each node is: one less than the first of those that need it.

    Who is needed by nobody is as far as the most nodes that stand before it, one behind the other.
    Linear in nodes and edges. Nodes on a circle, and those behind one, are left out.
    """
    found: dict[Node, int] = {}
    ordered = in_order(needs)
    for node in ordered:
        found[node] = max((found[each] + 1 for each in needs[node] if each in found), default=0)
    first_behind: dict[Node, int] = {}
    for node in reversed(ordered):
        found[node] = first_behind.get(node, found[node] + 1) - 1
        for each in needs[node]:
            first_behind[each] = min(first_behind.get(each, found[node]), found[node])
    return found


def everything_behind(starts: Iterable[Node], needs: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """Return all that need one of *starts*, directly or through others, *starts* included."""
    needed_by: dict[Node, list[Node]] = {}
    for node, wanted in needs.items():
        for each in wanted:
            needed_by.setdefault(each, []).append(node)
    reached = set(starts)
    frontier = list(reached)
    while frontier:
        for node in needed_by.get(frontier.pop(), ()):
            if node not in reached:
                reached.add(node)
                frontier.append(node)
    return reached


def everything_before(starts: Iterable[Node], needs: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """Return all that *starts* need, directly or through others, *starts* included."""
    reached = set(starts)
    frontier = list(reached)
    while frontier:
        for node in needs.get(frontier.pop(), ()):
            if node not in reached:
                reached.add(node)
                frontier.append(node)
    return reached
