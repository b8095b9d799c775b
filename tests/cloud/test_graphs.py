# SPDX-License-Identifier: Apache-2.0
"""Cinder imports little of networkx and pyparsing, and nothing of them is missing."""

from __future__ import annotations

import pytest
from tests.cloud.inside import told_inside

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud]

_A_GRAPH = """
import sys
from stackloom_cloud import graphs
graphs.install()
from taskflow.types import graph
drawn = graph.DiGraph()
for edge in ((1, 2), (2, 3)):
    drawn.add_edge(*edge)
print(list(drawn.topological_sort()), drawn.is_directed_acyclic())
drawn.add_edge(3, 1)
print(drawn.pformat().splitlines()[-1].strip(), "networkx.linalg.spectrum" in sys.modules)
import networkx
print(networkx.shortest_path(drawn, 1, 3), networkx.complete_graph(3).number_of_edges())
print(networkx.algorithms.shortest_path is networkx.shortest_path)
print(issubclass(graph.DiGraph, networkx.DiGraph), hasattr(networkx, "nonsense"))
"""

_A_FORMULA = """
import sys
from stackloom_cloud import graphs
graphs.install()
import pyparsing
print("pyparsing.core" in sys.modules)
print(pyparsing.Word(pyparsing.nums).parse_string("42")[0], "pyparsing.core" in sys.modules)
"""


def test_a_graph_needs_little_and_finds_all(local_cloud: Access) -> None:
    """What taskflow uses is read alone; any other name reads the rest, once and for all."""
    assert told_inside(local_cloud, _A_GRAPH) == (
        "[1, 2, 3] True\n1 --> 2 --> 3 --> 1 False\n[1, 2, 3] 3\nTrue\nTrue False\n"
    )


def test_a_grammar_is_read_with_the_first_name(local_cloud: Access) -> None:
    """Importing it reads nothing, using it reads it all."""
    assert told_inside(local_cloud, _A_FORMULA) == "False\n42 True\n"
