# SPDX-License-Identifier: Apache-2.0
"""Scenarios on real services, through the command line, watched with openstacksdk."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import COMMAND, EXAMPLES, done, stackloom, variables
from tests.cloud.connecting import AS_IT_COMES

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

TWO_NETWORKS = str(EXAMPLES / "two-networks.yaml")
PICTURE = """\
blue  10.10.1.0/24
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├─▣ alice  10.10.1.N    m1.tiny  ACTIVE
  └─◈ hub    10.10.1.1 ───────────────────┐
                                          │
green  10.10.2.0/24                       │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  ├─▣ bob    10.10.2.N    m1.tiny  ACTIVE │
  └─◈ hub    10.10.2.1 ───────────────────┘
"""


@pytest.fixture(autouse=True)
def _nothing_left(local_cloud: Access) -> Iterator[None]:
    """Take away what a failed test has left, so that the next begins clean."""
    yield
    done(local_cloud, "destroy", "--scenario", "two-networks", "--yes")


def _topology(demo: Connection) -> dict[str, list[str]]:
    """Return the names of what there is, duplicates included, without the external network."""
    return {
        "networks": sorted(n.name for n in demo.network.networks() if not n.is_router_external),
        "routers": sorted(router.name for router in demo.network.routers()),
        "servers": sorted(server.name for server in demo.compute.servers()),
        "interfaces": sorted(
            port.fixed_ips[0]["ip_address"]
            for port in demo.network.ports(device_owner="network:router_interface")
        ),
    }


WOVEN = {
    "networks": ["blue", "green"],
    "routers": ["hub"],
    "servers": ["alice", "bob"],
    "interfaces": ["10.10.1.1", "10.10.2.1"],
}
NOTHING: dict[str, list[str]] = {"networks": [], "routers": [], "servers": [], "interfaces": []}


def test_a_scenario_is_woven_drawn_and_taken_away(local_cloud: Access, demo: Connection) -> None:
    """What the file says is there afterwards, a second apply does nothing, destroy takes it all."""
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    assert _topology(demo) == WOVEN

    again = stackloom(local_cloud, "apply", TWO_NETWORKS, "--yes")
    assert again.stderr == 'scenario "two-networks": nothing to do: all 9 as they should be\n'
    counts = json.loads(done(local_cloud, "plan", TWO_NETWORKS, "-f", "json"))["counts"]
    assert counts == {"create": 0, "update": 0, "replace": 0, "delete": 0, "keep": 9}
    picture = done(local_cloud, "draw", "--scenario", "two-networks")
    assert _settled(picture) == _settled(PICTURE)

    done(local_cloud, "destroy", "--scenario", "two-networks", "--yes")
    assert _topology(demo) == NOTHING


def _settled(picture: str) -> str:
    """Replace the addresses that Neutron chose, and runs of blanks and bars, which follow them."""
    picture = re.sub(r"(10\.10\.[12]\.)(?!1\b|0/)\d+", r"\1N", picture)
    return re.sub(r"([ ━─])\1+", r"\1", picture)


def test_what_differs_is_repaired_in_place(local_cloud: Access, demo: Connection) -> None:
    """A renamed network gets its name back and stays the same network."""
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    blue = demo.network.find_network("blue", ignore_missing=False)
    demo.network.update_network(blue, name="red", is_admin_state_up=False)
    plan = done(local_cloud, "plan", TWO_NETWORKS)
    assert plan.splitlines() == [
        "  ~ network.blue  update",
        '      name: "red" -> "blue"',
        "      admin_state_up: false -> true",
        'scenario "two-networks": 1 to update, 8 to keep',
    ]
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    assert demo.network.get_network(blue.id).name == "blue"
    assert _topology(demo) == WOVEN


def test_a_changed_range_replaces_what_hangs_on_it(
    local_cloud: Access, demo: Connection, tmp_path: Path
) -> None:
    """A subnet cannot change its range; it, its interface and its server are made anew."""
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    bob = demo.compute.find_server("bob", ignore_missing=False)
    file = tmp_path / "changed.yaml"
    file.write_text(Path(TWO_NETWORKS).read_text().replace("10.10.1.0/24", "10.20.1.0/24"))
    done(local_cloud, "apply", str(file), "--yes")
    assert _topology(demo) == WOVEN | {"interfaces": ["10.10.2.1", "10.20.1.1"]}
    assert demo.compute.find_server("bob", ignore_missing=False).id == bob.id
    assert stackloom(local_cloud, "plan", str(file), "--detailed-exitcode").returncode == 0


def test_what_others_made_is_left_alone(local_cloud: Access, demo: Connection) -> None:
    """A network of the same name without our mark is neither adopted nor deleted."""
    other = demo.network.create_network(name="blue")
    try:
        done(local_cloud, "apply", TWO_NETWORKS, "--yes")
        assert _topology(demo)["networks"] == ["blue", "blue", "green"]
        done(local_cloud, "destroy", TWO_NETWORKS, "--yes")
        assert [n.id for n in demo.network.networks() if n.name == "blue"] == [other.id]
    finally:
        demo.network.delete_network(other)


def test_a_foreign_port_on_our_network_is_named_when_it_blocks(
    local_cloud: Access, demo: Connection
) -> None:
    """Destroy takes what it can, says which port is in the way, and finishes once it is gone."""
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    blue = demo.network.find_network("blue", ignore_missing=False)
    port = demo.network.create_port(network_id=blue.id, name="somebody's")
    result = stackloom(local_cloud, "destroy", TWO_NETWORKS, "--yes")
    assert result.returncode == 5
    assert _topology(demo) == NOTHING | {"networks": ["blue"]}
    assert demo.network.get_port(port.id).name == "somebody's"
    demo.network.delete_port(port)
    done(local_cloud, "destroy", TWO_NETWORKS, "--yes")
    assert _topology(demo) == NOTHING


def test_an_unknown_image_is_told_with_its_place_in_the_file(
    local_cloud: Access, demo: Connection, tmp_path: Path
) -> None:
    """Nothing is made; every name that is not there is told at once."""
    file = tmp_path / "wrong.yaml"
    text = Path(TWO_NETWORKS).read_text().replace("image: cirros", "image: windows", 1)
    file.write_text(text.replace("flavor: m1.tiny, networks: [green]", "flavor: xxl"))
    result = stackloom(local_cloud, "apply", str(file), "--yes")
    assert result.returncode == 2
    lines = result.stderr.splitlines()
    assert [line.split(" (")[0].replace(str(file), "FILE") for line in lines] == [
        'error: FILE:9:18: image "windows" is not there, or not visible to this project',
        'FILE:10:34: flavor "xxl" is not there, or not visible to this project',
    ]
    assert _topology(demo) == NOTHING


@pytest.mark.parametrize("lines_before", [1, 3, 5, 7])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_an_apply_that_is_cut_short_is_finished_by_the_next(
    local_cloud: Access, demo: Connection, how: signal.Signals, lines_before: int
) -> None:
    """Wherever it stops, the next apply makes what is missing and nothing twice."""
    process = subprocess.Popen(
        [COMMAND, "apply", TWO_NETWORKS, "--yes"],
        env=variables(local_cloud),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    finished = 0
    for line in process.stderr:
        finished += bool(re.search(r" created  [\d.]+ s", line))
        if finished == lines_before:
            process.send_signal(how)
            break
    rest = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=120)
    if how is signal.SIGINT and process.returncode != 0:
        assert process.returncode == 130
        assert "run the same command again to go on" in rest
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    assert _topology(demo) == WOVEN
    done(local_cloud, "destroy", "--scenario", "two-networks", "--yes")
    assert _topology(demo) == NOTHING


def test_a_system_scoped_token_is_refused_in_words(local_cloud: Access) -> None:
    """Scenarios live in a project, and the message says how to name one."""
    result = stackloom(local_cloud, "apply", TWO_NETWORKS, "--yes", user="admin-system")
    assert result.returncode == 2
    assert result.stderr == (
        "error: the token is for system, and scenarios live in a project\n"
        "hint: give a project: --os-project-name, OS_PROJECT_NAME or project_name\n"
    )


def test_marks_are_where_other_tools_see_them(local_cloud: Access, demo: Connection) -> None:
    """Descriptions and metadata tell scenario and address; nothing carries another's."""
    done(local_cloud, "apply", TWO_NETWORKS, "--yes")
    marks = Counter(n.description for n in demo.network.networks() if n.name in {"blue", "green"})
    marks.update(server.metadata["stackloom"] for server in demo.compute.servers())
    assert marks == Counter(
        f"stackloom://two-networks/{address}"
        for address in ("network.blue", "network.green", "server.alice", "server.bob")
    )
