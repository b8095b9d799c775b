# SPDX-License-Identifier: Apache-2.0
"""stackloom, library and command line, on a cloud that misbehaves: what it does, what it says.

What the faults are for any client is in ``test_faults.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.cloud.command_line import stackloom, variables

from stackloom.errors import AuthFailed, CloudError, InDoubt, NotFound, ServerFault
from stackloom.library import SyncCloud, connect_sync
from stackloom.local import faults
from stackloom.local.access import Access
from stackloom.local.faults import Fault
from stackloom.resources.network.network import NetworkChange, NewNetwork

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

_NETWORKS = "/v2.0/networks*"
_ASKED_FOR = "stackloom: this answer was asked for with `stackloom local fault add`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person was told: by an exception, or by a command (its exit code, and stderr)."""

    code: int = 0
    stdout: str = ""
    error: str = ""
    hint: str = ""


class Client:
    """Both faces on one cloud; what they say comes without ids and addresses that change."""

    def __init__(self, access: Access, library: SyncCloud) -> None:
        self._access = access
        self.library = library

    def command(self, *words: str) -> Told:
        """Run a command as a person does."""
        result = stackloom(self._access, *words)
        error, _, hint = _steady(result.stderr).partition("\nhint: ")
        return Told(
            code=result.returncode,
            stdout=_steady(result.stdout),
            error=error.strip().removeprefix("error: "),
            hint=hint.strip(),
        )

    def refused(self, leaf: type[CloudError], call: Callable[[], object]) -> Told:
        """Do what has to fail with that exception."""
        with pytest.raises(CloudError) as caught:
            call()
        assert type(caught.value) is leaf
        return Told(code=3, error=_steady(str(caught.value)), hint=_steady(caught.value.hint))

    def names(self) -> list[str]:
        """Return the names of the project's own networks, as the cloud has them now."""
        return sorted(str(each.name) for each in self.own())

    def own(self) -> list[Any]:
        """Return the project's own networks."""
        return [each for each in self.library.networks.list() if each.name != "public"]

    def fault(self, **what: Any) -> None:
        """Set a fault in Neutron, in place of those before."""
        faults.clear(self._access.name)
        faults.add(self._access.name, Fault(**{"service": "network", "path": _NETWORKS, **what}))

    def healthy(self) -> int:
        """Clear the faults and return how often they hit."""
        hits = sum(each.hits for each in faults.list(self._access.name))
        faults.clear(self._access.name)
        return hits


def _steady(text: str) -> str:
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://cloud", text)
    text = re.sub(r"req-[0-9a-f-]{36}", "req-ID", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)


@pytest.fixture
def client(local_cloud: Access) -> Iterator[Client]:
    """Return both faces, logged in; the networks that a test leaves are deleted."""
    with connect_sync(environment=variables(local_cloud)) as library:
        library.token()
        both = Client(local_cloud, library)
        yield both
        both.healthy()
        for each in both.own():
            library.networks.delete(each.id)


_LIST = ("network", "list", "--name", "public", "-f", "value", "-c", "Name")
_CREATE = ("network", "create", "new", "-f", "value", "-c", "name")


# --- 503 with Retry-After -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_503_that_says_when_to_come_back_is_waited_for(client: Client, method: str) -> None:
    """Nothing was done yet, so a create may be sent again too; it is made once."""
    client.fault(method=method, status=503, retry_after_seconds=0, times=2)
    words = _LIST if method == "GET" else _CREATE
    assert client.command(*words) == Told(stdout="public\n" if method == "GET" else "new\n")
    assert client.healthy() == 2
    client.fault(method=method, status=503, retry_after_seconds=0, times=2)
    client.library.networks.create(NewNetwork(name="library"))
    client.library.networks.find("library")
    assert client.healthy() == 2
    assert client.names() == ["library", "new"] if method == "POST" else ["library"]


def test_a_503_that_asks_for_too_long_is_told(client: Client) -> None:
    """Nobody sits before a prompt for ten minutes; the person is told how long it would be."""
    client.fault(status=503, retry_after_seconds=600)
    listed = Told(
        code=3,
        error=f"Neutron answered GET /v2.0/networks with: {_ASKED_FOR} (HTTP 503, req-ID)",
        hint="it asks to come back after: 600 (seconds, or a date)",
    )
    assert client.command(*_LIST) == listed
    assert client.refused(ServerFault, client.own) == listed
    assert client.healthy() == 2


# --- 401 in the middle ----------------------------------------------------------------------------


def test_a_401_in_the_middle_of_a_list_costs_one_log_in(
    client: Client, local_cloud: Access
) -> None:
    """The next page is asked for again with a new token; nothing is missing, nothing twice."""
    made = [NewNetwork(name=f"page-{number}") for number in range(3)]
    client.library.networks.create_many(made)
    states = client.library.networks.list(limit=1, sort_key="name", sort_dir="asc")
    seen = [str(next(states).name)]
    client.fault(status=401, times=1)
    # A fault that hardly does anything counts the log-ins.
    log_in = Fault(service="identity", path="/v3/auth/tokens", delay_seconds=0.001)
    faults.add(local_cloud.name, log_in)
    seen += [str(each.name) for each in states]
    assert seen == ["page-0", "page-1", "page-2", "public"]
    assert [each.hits for each in faults.list(local_cloud.name)] == [1, 1]


def test_a_401_in_the_middle_of_a_command_is_not_noticed(client: Client) -> None:
    """The network is found, the POST refused for its token, and sent again with a new one."""
    client.fault(method="POST", status=401, times=1)
    assert client.command(*_CREATE) == Told(stdout="new\n")
    assert client.healthy() == 1
    assert client.names() == ["new"]


def test_a_service_that_refuses_every_token_is_told(client: Client) -> None:
    """One log-in, no circle; it is not said that the password is wrong."""
    client.fault(status=401)
    told = Told(
        code=3,
        error=f"Neutron answered GET /v2.0/networks with: {_ASKED_FOR} (HTTP 401, req-ID)",
        hint="it refuses a token that Keystone gave a moment ago: the service cannot validate it, "
        "or its clock is wrong; its operator has to look",
    )
    assert client.command(*_LIST) == told
    assert client.refused(AuthFailed, client.own) == told
    assert client.healthy() == 4


# --- a dropped connection -------------------------------------------------------------------------


@pytest.mark.parametrize("drop", ["request", "answer"])
def test_a_list_is_asked_for_again(client: Client, drop: str) -> None:
    """Once is not noticed."""
    client.fault(method="GET", drop=drop, times=1)
    assert client.command(*_LIST) == Told(stdout="public\n")
    assert client.healthy() == 1
    client.fault(method="GET", drop=drop, times=1)
    assert client.names() == []
    assert client.healthy() == 1


def test_a_list_that_never_comes_is_told(client: Client) -> None:
    """After four tries."""
    client.fault(method="GET", drop="answer")
    told = Told(
        code=3,
        error="Neutron did not answer GET http://cloud/v2.0/networks: connection closed before "
        "message completed",
        hint="nothing was changed; run the command again",
    )
    assert client.command(*_LIST) == told
    assert client.refused(ServerFault, client.own) == told
    assert client.healthy() == 8


@pytest.mark.parametrize(("drop", "made"), [("request", 0), ("answer", 1)])
def test_a_create_without_an_answer_is_in_doubt(client: Client, drop: str, made: int) -> None:
    """It is not sent again: it may have been done; the person is told to look."""
    told = Told(
        code=3,
        error="Neutron may have done POST http://cloud/v2.0/networks, or not: the answer was lost: "
        "connection closed before message completed",
        hint="look whether it was done before asking again",
    )
    client.fault(method="POST", drop=drop)
    assert client.command(*_CREATE) == told
    assert client.refused(InDoubt, lambda: _create(client)) == told
    assert client.healthy() == 2
    assert client.names() == ["library", "new"] * made


def _create(client: Client) -> object:
    return client.library.networks.create(NewNetwork(name="library"))


# --- 404 for a while after create -----------------------------------------------------------------


def test_what_was_made_is_looked_for_until_it_shows(client: Client) -> None:
    """As behind a database that lags: tags are set, it is read, changed and deleted."""
    client.fault(unseen_seconds=0.7)
    words = ("network", "create", "new", "--tag", "a", "-f", "value", "-c", "name", "-c", "tags")
    assert client.command(*words) == Told(stdout="new\na\n")
    networks = client.library.networks
    made = networks.create(NewNetwork(name="library"))
    changed = networks.update(made.id, NetworkChange(description="seen"))
    assert (changed.id, changed.description) == (made.id, "seen")
    other = networks.create(NewNetwork(name="other"))
    networks.delete(other.id)
    assert client.healthy() > 2
    assert client.names() == ["library", "new"]
    with pytest.raises(NotFound):
        networks.get(other.id)


def test_what_does_not_show_is_told(client: Client) -> None:
    """With what is there and what not, so that nobody makes it twice."""
    client.fault(unseen_seconds=600.0)
    told = client.command("network", "create", "new", "--tag", "a")
    assert told == Told(
        code=3,
        error=f"Neutron answered PUT /v2.0/networks/ID/tags with: {_ASKED_FOR} (HTTP 404, req-ID)",
        hint="network new was made, without its tags: stackloom network set ID adds them",
    )
    made = client.library.networks.create(NewNetwork(name="library"))
    assert client.refused(NotFound, lambda: client.library.networks.get(made.id)) == Told(
        code=3,
        error=f"Neutron answered GET /v2.0/networks/ID with: {_ASKED_FOR} (HTTP 404, req-ID)",
        hint="a moment ago it was there: somebody may have deleted it, or the service lags behind "
        "itself; run the command again",
    )
    client.healthy()
    assert client.names() == ["library", "new"]


# --- truncated JSON -------------------------------------------------------------------------------


def test_half_a_list_is_asked_for_again(client: Client) -> None:
    """It is never taken for the whole."""
    client.fault(method="GET", truncates=True, times=1)
    assert client.command(*_LIST) == Told(stdout="public\n")
    assert client.healthy() == 1
    client.fault(method="GET", truncates=True)
    told = Told(
        code=3,
        error="Neutron did not answer GET http://cloud/v2.0/networks: end of file before message "
        "length reached",
        hint="nothing was changed; run the command again",
    )
    assert client.command("network", "list") == told
    assert client.refused(ServerFault, client.own) == told
    assert client.healthy() == 8


def test_half_an_answer_to_a_create_is_in_doubt(client: Client) -> None:
    """It was made, and is not made again."""
    client.fault(method="POST", truncates=True)
    told = Told(
        code=3,
        error="Neutron may have done POST http://cloud/v2.0/networks, or not: the answer was lost: "
        "end of file before message length reached",
        hint="look whether it was done before asking again",
    )
    assert client.command(*_CREATE) == told
    assert client.refused(InDoubt, lambda: _create(client)) == told
    client.healthy()
    assert client.names() == ["library", "new"]


# --- the HTML page of a proxy ---------------------------------------------------------------------


def test_the_page_of_a_proxy_is_told_in_one_line(client: Client) -> None:
    """A list is tried again first; what is told is the page's text, and that it is a proxy's."""
    client.fault(status=502, is_html=True, times=3)
    assert client.command(*_LIST) == Told(stdout="public\n")
    assert client.healthy() == 3
    client.fault(status=502, is_html=True)
    told = Told(
        code=3,
        error="Neutron answered GET /v2.0/networks with: 502 Bad Gateway The server returned an "
        "invalid or incomplete response. (HTTP 502)",
        hint="a proxy before the service says so; run the command again in a moment",
    )
    assert client.command(*_LIST) == told
    assert client.refused(ServerFault, client.own) == told
    assert client.healthy() == 8


def test_a_create_that_met_a_proxy_is_in_doubt(client: Client) -> None:
    """A proxy that waited in vain does not know what the service did."""
    client.fault(method="POST", status=504, is_html=True)
    told = Told(
        code=3,
        error="Neutron may have done POST http://cloud/v2.0/networks, or not: a gateway answered "
        "504 (HTTP 504)",
        hint="look whether it was done before asking again",
    )
    assert client.command(*_CREATE) == told
    assert client.refused(InDoubt, lambda: _create(client)) == told
    assert client.healthy() == 2
    assert client.names() == []


def test_a_page_at_the_log_in_is_told(client: Client, local_cloud: Access) -> None:
    """Keystone's proxy answers in its place: the password is not to blame."""
    faults.add(local_cloud.name, Fault(service="identity", status=503, is_html=True))
    assert client.command("network", "list", "--no-cache") == Told(
        code=3,
        error="Keystone at http://cloud/v3 did not answer the log-in (OS_* variables) (HTTP 503)",
        hint="is the cloud up? Run the command again",
    )
