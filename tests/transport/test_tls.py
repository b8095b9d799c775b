# SPDX-License-Identifier: Apache-2.0
"""Real servers under certificates good and bad: what curl and requests accept, we accept.

Of each certificate ``requests``, on which the ``openstack`` client stands, is asked as well.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fakes.certificates import Certificate, make, served_with

from stackloom.errors import BadConfig, Unreachable
from stackloom.transport.blocking import (
    AloneTurns,
    BlockingTransport,
    blocking_sleep,
    run_alone,
)
from stackloom.transport.client import NotSent, Request, Tls
from stackloom.transport.exchange import Exchange
from stackloom.transport.openssl import BlockingOpenSslTransport, OpenSslTransport
from stackloom.transport.reqwest import ReqwestTransport

# It has no types of its own, and here it is only asked for a status.
requests: Any = importlib.import_module("requests")

CA = make("ca", is_ca=True, key_usage=True, names=())
BARE_CA = make("bare", is_ca=True, names=())
SELF_SIGNED = make(is_ca=True)
SELF_SIGNED_LEAF = make(is_ca=False)
SELF_SIGNED_BARE = make()
SELF_SIGNED_CN_ONLY = make(is_ca=True, names=())
SELF_SIGNED_EXPIRED = make(is_ca=True, days=(-30, -1))
SELF_SIGNED_ELSEWHERE = make(is_ca=True, names=("other.test",))

# (what the server shows, what is trusted, the hint where it is refused)
_RENEW = "the server's certificate has expired; its operator has to renew it"
_NAMES = (
    "the certificate is for other names than the address has; names count only in its "
    "subjectAltName"
)
_GIVE_CA = "give the certificate of the CA: cacert in clouds.yaml, or OS_CACERT"
_CASES: dict[str, tuple[Certificate, Certificate, str]] = {
    "ca-and-names": (make(issuer=CA, is_ca=False), CA, ""),
    "ca-without-key-usage": (make(issuer=BARE_CA, is_ca=False), BARE_CA, ""),
    "its-own-ca": (SELF_SIGNED, SELF_SIGNED, ""),
    "self-signed-leaf": (SELF_SIGNED_LEAF, SELF_SIGNED_LEAF, ""),
    "self-signed-without-constraints": (SELF_SIGNED_BARE, SELF_SIGNED_BARE, ""),
    "common-name-only": (make(issuer=CA, names=()), CA, _NAMES),
    "its-own-ca-common-name-only": (SELF_SIGNED_CN_ONLY, SELF_SIGNED_CN_ONLY, _NAMES),
    "expired": (make(issuer=CA, days=(-30, -1)), CA, _RENEW),
    "its-own-ca-expired": (SELF_SIGNED_EXPIRED, SELF_SIGNED_EXPIRED, _RENEW),
    "wrong-host": (make(issuer=CA, names=("other.test",)), CA, _NAMES),
    "its-own-ca-wrong-host": (SELF_SIGNED_ELSEWHERE, SELF_SIGNED_ELSEWHERE, _NAMES),
    "another-ca": (make(issuer=BARE_CA), CA, _GIVE_CA),
    "its-own-ca-untrusted": (SELF_SIGNED, CA, _GIVE_CA),
}

Ask = Callable[[str, Tls], int]


def _ask_on_a_loop(url: str, tls: Tls) -> int:
    async def run() -> int:
        exchange = Exchange(ReqwestTransport(tls=tls))
        try:
            return (await exchange.ask(Request(method="GET", url=url))).status
        finally:
            await exchange.close()

    return asyncio.run(run())


def _ask_alone(url: str, tls: Tls) -> int:
    async def run() -> int:
        transport = BlockingTransport(tls=tls)
        exchange = Exchange(transport, sleep=blocking_sleep, turns=AloneTurns)
        try:
            return (await exchange.ask(Request(method="GET", url=url))).status
        finally:
            await exchange.close()

    return run_alone(run())


@pytest.fixture(params=[_ask_on_a_loop, _ask_alone], ids=["loop", "alone"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """With and without an event loop."""
    way: Ask = request.param
    return way


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what this machine trusts, and its proxies, out of the way."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _file(directory: Path, name: str, content: bytes) -> Path:
    file = directory / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("case", _CASES)
def test_a_certificate_meets_the_judgement_of_requests(case: str, ask: Ask, tmp_path: Path) -> None:
    """Accepted by both, or refused by both, and then with what to do about it."""
    own, trusted, hint = _CASES[case]
    ca_file = _file(tmp_path, "ca.pem", trusted.pem)
    with served_with(own, tmp_path) as url:
        if not hint:
            assert ask(url, Tls(ca_file=ca_file)) == 200
            assert requests.get(url, verify=str(ca_file), timeout=10).status_code == 200
            return
        with pytest.raises(Unreachable) as caught:
            ask(url, Tls(ca_file=ca_file))
        assert caught.value.hint == hint
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url, verify=str(ca_file), timeout=10)


@pytest.mark.parametrize("case", _CASES)
def test_without_verification_every_certificate_will_do(
    case: str, ask: Ask, tmp_path: Path
) -> None:
    """``insecure`` means it."""
    with served_with(_CASES[case][0], tmp_path) as url:
        assert ask(url, Tls(verify=False)) == 200


def test_the_slower_library_is_told_of_once(
    ask: Ask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And only where it was needed."""
    trusted = Tls(ca_file=_file(tmp_path, "ca.pem", SELF_SIGNED.pem + CA.pem))
    with served_with(make(issuer=CA), tmp_path) as url:
        ask(url, trusted)
    assert caplog.messages == []
    with served_with(SELF_SIGNED, tmp_path) as url:
        ask(url, trusted)
        assert [(each.levelno, each.getMessage()) for each in caplog.records] == [
            (
                logging.WARNING,
                (
                    f"{url.split('/')[2]} has a certificate that is its own CA: connected with "
                    "OpenSSL, which takes 0.2 s more"
                ),
            )
        ]


def test_later_requests_go_the_same_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One word is enough for fifty requests."""
    tls = Tls(ca_file=_file(tmp_path, "ca.pem", SELF_SIGNED.pem))

    async def run(url: str) -> list[int]:
        transport = ReqwestTransport(tls=tls)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(transport.send(Request(method="GET", url=url))) for _ in range(50)
            ]
        await transport.close()
        return [task.result().status for task in tasks]

    with served_with(SELF_SIGNED, tmp_path) as url:
        assert asyncio.run(run(url)) == [200] * 50
    assert len(caplog.messages) == 1


@pytest.mark.slow
def test_the_slower_library_is_imported_only_then() -> None:
    """It takes as long as three whole commands."""
    program = (
        "import sys, stackloom.cli.connection\n"
        "print([name for name in ('httpx2', 'ssl', 'keystoneauth1') if name in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "[]\n"


def test_a_directory_of_certificates_is_trusted(ask: Ask, tmp_path: Path) -> None:
    """Whatever its files are called, and whatever else lies there."""
    directory = tmp_path / "trusted"
    directory.mkdir()
    _file(directory, "one.pem", b"# caf\xc3\xa9\n" + CA.pem)
    _file(directory, "two.0", SELF_SIGNED.pem)
    _file(directory, "README", b"nothing")
    for own in (make(issuer=CA), SELF_SIGNED):
        with served_with(own, tmp_path) as url:
            assert ask(url, Tls(ca_file=directory)) == 200


def test_the_systems_certificates_may_be_named_by_a_variable(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``SSL_CERT_FILE`` says what the system trusts, to both libraries."""
    file = _file(tmp_path, "ca.pem", CA.pem + SELF_SIGNED.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    for own in (make(issuer=CA), SELF_SIGNED):
        with served_with(own, tmp_path) as url:
            assert ask(url, Tls()) == 200


def test_a_cacert_stands_in_place_of_what_the_system_trusts(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for requests: whom the system trusts may not speak for a cloud with a CA of its own."""
    system = _file(tmp_path, "system.pem", CA.pem)
    own = _file(tmp_path, "own.pem", BARE_CA.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    with served_with(make(issuer=CA, is_ca=False), tmp_path) as url:
        assert ask(url, Tls()) == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url, verify=str(own), timeout=30)
        with pytest.raises(Unreachable):
            ask(url, Tls(ca_file=own))
        assert ask(url, Tls(ca_file=system)) == 200
    assert os.environ["SSL_CERT_FILE"] == str(system)


@pytest.mark.parametrize("own", [make(issuer=CA), SELF_SIGNED], ids=["rustls", "openssl"])
@pytest.mark.parametrize("in_one_file", [True, False])
def test_a_server_may_want_a_certificate_of_ours(
    ask: Ask, own: Certificate, in_one_file: bool, tmp_path: Path
) -> None:
    """Certificate and key in one file, or in two; by both libraries."""
    client = make("alice", issuer=BARE_CA, names=("alice.test",))
    ca_file = _file(tmp_path, "ca.pem", CA.pem + SELF_SIGNED.pem)
    key = client.key_pem
    shown = Tls(
        ca_file=ca_file,
        certificate_file=_file(tmp_path, "own.pem", client.pem + (key if in_one_file else b"")),
        key_file=None if in_one_file else _file(tmp_path, "own.key", key),
    )
    with served_with(own, tmp_path, wanted_of_clients=BARE_CA) as url:
        assert ask(url, shown) == 200


def test_a_client_without_the_certificate_is_turned_away(ask: Ask, tmp_path: Path) -> None:
    """Nothing was done, and the person learns what is wanted."""
    tls = Tls(ca_file=_file(tmp_path, "ca.pem", CA.pem))
    own = make(issuer=CA)
    with (
        served_with(own, tmp_path, wanted_of_clients=BARE_CA) as url,
        pytest.raises(Unreachable) as caught,
    ):
        ask(url, tls)
    assert caught.value.hint == (
        "the server wants a certificate of yours: cert and key in clouds.yaml, or OS_CERT and "
        "OS_KEY"
    )


# --- OpenSSL's own words --------------------------------------------------------------------------


@pytest.mark.parametrize("transport", [OpenSslTransport, BlockingOpenSslTransport])
def test_openssl_refuses_bad_files_too(
    transport: type[OpenSslTransport | BlockingOpenSslTransport], tmp_path: Path
) -> None:
    """With the same words as the usual library."""
    garbage = _file(tmp_path, "garbage.pem", b"garbage")
    with pytest.raises(BadConfig, match=r"cannot read /nowhere/ca\.pem"):
        transport(tls=Tls(ca_file=Path("/nowhere/ca.pem")), user_agent="x")
    with pytest.raises(BadConfig, match=r"not usable PEM: .*garbage\.pem holds no certificate"):
        transport(tls=Tls(ca_file=garbage), user_agent="x")
    with pytest.raises(BadConfig, match="a TLS file is not usable PEM"):
        transport(tls=Tls(certificate_file=garbage), user_agent="x")


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://127.0.0.1/", "http://[::1/", "http://127.0.0.1:99999/"]
)
def test_openssl_sends_nothing_to_what_is_no_address(url: str) -> None:
    """A catalog with a mistyped address ends in a message."""
    transport = BlockingOpenSslTransport(tls=Tls(), user_agent="x")
    with pytest.raises(NotSent):
        run_alone(transport.send(Request(method="GET", url=url)))


@pytest.mark.parametrize("token", ["gAAAA\nsecret", "gAAAA\x00secret", "gAAAA\xffsecret\u20ac"])
def test_openssl_does_not_quote_a_header_that_cannot_be_sent(token: str) -> None:
    """A damaged token must not appear in a message."""
    transport = BlockingOpenSslTransport(tls=Tls(), user_agent="x")
    request = Request(method="GET", url="http://127.0.0.1:1/", headers={"X-Auth-Token": token})
    with pytest.raises(NotSent) as caught:
        run_alone(transport.send(request))
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"
