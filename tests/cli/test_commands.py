# SPDX-License-Identifier: Apache-2.0
"""What each command asks of a cloud, and what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
BLUE = "scenario: s\nnetworks: {blue: {cidr: 10.1.0.0/24}}\nrouters: {hub: {connects: [blue]}}\n"


@pytest.fixture
def woven(stackloom: CommandLine, cloud: FakeCloud, tmp_path: Path) -> FakeCloud:
    """Return a cloud with a network, a subnet, a router and its interface."""
    (tmp_path / "s.yaml").write_text(BLUE, encoding="utf-8")
    assert stackloom("apply", "s.yaml", "--yes").code == 0
    return cloud


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("network list -f value -c Name -c Status", "blue ACTIVE\n"),
        ("subnet list -f value -c Name -c Subnet", "blue 10.1.0.0/24\n"),
        ("router list -f value -c Name -c State", "hub UP\n"),
        ("port list -f json -c Name", '[\n  {\n    "Name": ""\n  }\n]\n'),
        ("server list -f csv", '"ID","Name","Status","Networks","Image","Flavor"\n'),
        ("image list -f value", "image-1 cirros active\n"),
        ("flavor list -f value", "flavor-1 m1.tiny 512 1 0 1 True\n"),
        ("network show blue -f value -c name", "blue\n"),
        ("network show network-1 -f value -c name", "blue\n"),
        ("image show image-1 -f value -c name", "cirros\n"),
        ("flavor show m1.tiny -f json -c ram", '{\n  "ram": 512\n}\n'),
    ],
)
def test_lists_and_single_things_are_shown(
    stackloom: CommandLine, woven: FakeCloud, words: str, told: str
) -> None:
    """By name or id, in the format and the columns asked for."""
    assert stackloom(*words.split()) == Said(code=0, stdout=told, stderr="")


def test_a_list_with_a_token_at_hand_is_one_request(
    stackloom: CommandLine, cloud: FakeCloud
) -> None:
    """The token of the last command is still good."""
    stackloom("network", "list")
    cloud.requests.clear()
    assert stackloom("network", "list", "-f", "json").stdout == "[]\n"
    assert cloud.requests == ["GET /v2.0/networks"]


def test_what_is_not_there_is_told_with_where_to_look(
    stackloom: CommandLine, cloud: FakeCloud
) -> None:
    """Exit code 2."""
    assert stackloom("network", "show", "pink") == Said(
        code=2,
        stdout="",
        stderr='error: network "pink" is not there, or not visible to this project\n'
        "hint: stackloom network list shows what is\n",
    )


def test_two_of_one_name_have_to_be_told_apart(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """Their ids are told."""
    for id in ("n-1", "n-2"):
        cloud.tables["network"][id] = {"id": id, "name": "blue"}
    assert stackloom("network", "show", "blue") == Said(
        code=2,
        stdout="",
        stderr='error: 2 networks are called "blue": n-1, n-2\nhint: give the id\n',
    )


def test_a_column_that_is_not_there_is_told(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """With those that are."""
    assert stackloom("image", "list", "-c", "Colour") == Said(
        code=2,
        stdout="",
        stderr="error: no such column: Colour\nhint: there are: ID, Name, Status\n",
    )


def test_a_token_is_issued_and_can_be_hidden(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """Its facts without the secret for those who only want to know."""
    shown = stackloom("token", "issue", "-f", "value")
    hidden = stackloom("token", "issue", "--hide", "-f", "value")
    facts = ["project-1", "user-1", "project demo", "member"]
    assert shown.stdout.splitlines() == ["2999-01-01T00:00:00+0000", "secret", *facts]
    assert hidden.stdout.splitlines() == ["2999-01-01T00:00:00+0000", *facts]


def test_a_server_is_created_from_names(stackloom: CommandLine, woven: FakeCloud) -> None:
    """Image, flavor and network are looked up; it is shown as the cloud has it."""
    words = "server create web --image cirros --flavor m1.tiny --network blue --property a=b"
    said = stackloom(*words.split(), "-f", "value", "-c", "name", "-c", "status", "-c", "metadata")
    assert said == Said(code=0, stdout="web\nBUILD\na=b\n", stderr="")
    assert [port["device_owner"] for port in woven.things("port")] == [
        "network:router_interface",
        "compute:nova",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "--image pink --flavor m1.tiny",
            (
                'error: image "pink" is not there, or not visible to this project\n'
                "hint: stackloom image list shows what is\n"
            ),
        ),
        (
            "--image cirros --flavor m1.tiny --property =b",
            'error: "" should be KEY=VALUE\n',
        ),
        (
            "--image cirros",
            (
                "error: the following arguments are required: --flavor\n"
                "hint: stackloom server create --help tells how it is used\n"
            ),
        ),
    ],
)
def test_a_server_that_cannot_be_created_says_why(
    stackloom: CommandLine, cloud: FakeCloud, words: str, told: str
) -> None:
    """And nothing is booted."""
    assert stackloom("server", "create", "web", *words.split()) == Said(
        code=2, stdout="", stderr=told
    )
    assert cloud.things("server") == []


def test_servers_are_deleted_one_that_fails_does_not_keep_the_others(
    stackloom: CommandLine, cloud: FakeCloud
) -> None:
    """Each error is told; the exit code says that there was one."""
    for name in ("one", "two"):
        stackloom("server", "create", name, "--image", "cirros", "--flavor", "m1.tiny")
    assert stackloom("server", "delete", "pink", "one", "two") == Said(
        code=1,
        stdout="",
        stderr='error: server pink: server "pink" is not there, or not visible to this project\n'
        "hint: stackloom server list shows what is\n",
    )
    assert [line for line in cloud.requests if line.startswith("DELETE")] == [
        "DELETE /v2.1/servers/server-1",
        "DELETE /v2.1/servers/server-2",
    ]


def test_a_scenario_is_drawn_as_the_cloud_has_it(stackloom: CommandLine, woven: FakeCloud) -> None:
    """From the marks alone, with the addresses that it really has; in ASCII where asked for."""
    assert stackloom("draw", "--scenario", "s") == Said(
        code=0,
        stdout="blue  10.1.0.0/24\n━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n  └─◈ hub  10.1.0.1\n",
        stderr="",
    )
    assert stackloom("draw", "--scenario", "s", "--ascii").stdout == (
        "blue  10.1.0.0/24\n==+====================================\n  `-R hub  10.1.0.1\n"
    )


def test_a_scenario_that_is_not_there_is_told_with_those_that_are(
    stackloom: CommandLine, woven: FakeCloud
) -> None:
    """Nothing is drawn."""
    assert stackloom("draw", "--scenario", "x") == Said(
        code=2,
        stdout="",
        stderr='error: nothing in this project carries the marks of scenario "x"\n'
        "hint: scenarios found here: s\n",
    )


def test_an_empty_list_of_a_system_token_says_nothing_and_is_told_so(
    stackloom: CommandLine, cloud: FakeCloud
) -> None:
    """Neutron answers an empty list to whoever has no project."""
    cloud.system_scoped = True
    assert stackloom("network", "list", "-f", "value") == Said(
        code=0,
        stdout="",
        stderr="note: this token is for system and owns no project, so the empty list"
        " says nothing; name a project: --os-project-name\n",
    )


_STATUS_TITLES = (
    '"Service","Version","State","URL","PID","Memory (MiB)","Uptime (s)","Restarts","Last Error"\n'
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "local env",
            Said(
                code=6,
                stdout="",
                stderr='error: the local cloud "local" is not up\n'
                "hint: start it: stackloom local up\n",
            ),
        ),
        (
            "local logs nova",
            Said(
                code=2,
                stdout="",
                stderr='error: the local cloud "local" has no log of "nova"\n'
                "hint: it has: none yet\n",
            ),
        ),
        ("local logs", Said(code=0, stdout="", stderr="")),
        ("local status -f csv --quiet", Said(code=1, stdout=_STATUS_TITLES, stderr="")),
        ("local list -f value", Said(code=0, stdout="", stderr="")),
        (
            "local url compute",
            Said(
                code=6,
                stdout="",
                stderr='error: the local cloud "local" is not up\n'
                "hint: start it: stackloom local up\n",
            ),
        ),
        (
            "local fault list --name other",
            Said(
                code=6,
                stdout="",
                stderr='error: the local cloud "other" is not up\n'
                "hint: start it: stackloom local up --name other\n",
            ),
        ),
        ("local purge", Said(code=0, stdout="", stderr='there is no local cloud "local"\n')),
        ("local down --quiet", Said(code=0, stdout="", stderr="")),
    ],
)
def test_a_local_cloud_that_was_never_up_is_no_surprise(
    stackloom: CommandLine, words: str, expected: Said
) -> None:
    """Each command says so in its way."""
    assert stackloom(*words.split()) == expected


@pytest.mark.parametrize("words", ["network list", "plan s.yaml", "draw --scenario s"])
@pytest.mark.parametrize(
    "trouble", [Trouble.FAULT_BEFORE, Trouble.REFUSED, Trouble.NONSENSE_AFTER, Trouble.EMPTY_AFTER]
)
def test_a_service_that_answers_oddly_is_an_error_in_words(
    stackloom: CommandLine, woven: FakeCloud, words: str, trouble: Trouble
) -> None:
    """Exit code 3, an error line, and never a traceback."""
    woven.faults = [Fault(trouble=trouble, on="GET /v2.0/networks", times=9)]
    said = stackloom(*words.split())
    assert (said.code, said.stdout) == (3, "")
    assert said.stderr.startswith("error: ")
    assert "Traceback" not in said.stderr
    assert "mistake in stackloom" not in said.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_can_be_drawn_and_planned(
    stackloom: CommandLine, cloud: FakeCloud, example: Path
) -> None:
    """Drawn without a cloud, planned on an empty one: all of it is to be created."""
    cloud.tables["network"]["public"] = {"id": "public", "name": "public", "description": ""}
    for name in ("m1.nano", "m1.small"):
        size = {"vcpus": 1, "ram": 64, "disk": 1}
        cloud.tables["flavor"][name] = {"id": name, "name": name, **size}
    drawn = stackloom("draw", str(example))
    planned = stackloom("plan", str(example))
    assert (drawn.code, drawn.stderr) == (0, "")
    assert (planned.code, planned.stderr) == (0, "")
    assert " to create\n" in planned.stdout
    assert " to delete" not in planned.stdout


def test_there_are_examples() -> None:
    """Or the sweep above would pass over nothing."""
    assert EXAMPLES
