# SPDX-License-Identifier: Apache-2.0
"""Certificates good and bad, and a server on the loopback that shows one."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key alone, without a passphrase."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def make(
    name: str = "localhost",
    *,
    issuer: Certificate | None = None,
    is_ca: bool | None = None,
    names: Sequence[str] = NAMES,
    key_usage: bool = False,
    days: tuple[int, int] = (-1, 30),
) -> Certificate:
    """Make one, its own issuer where none is given.

    Args:
        is_ca: what basicConstraints says; None leaves it out.
        names: in subjectAltName; none leaves it out.
        days: from when until when it is good, from today.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
    )
    if is_ca is not None:
        constraints = x509.BasicConstraints(ca=is_ca, path_length=None)
        builder = builder.add_extension(constraints, critical=True)
    if names:
        alternatives = [
            x509.DNSName(each) if each[0].isalpha() else x509.IPAddress(ipaddress.ip_address(each))
            for each in names
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    if key_usage:
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=bool(is_ca),
            crl_sign=bool(is_ca),
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    signed = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Certificate(certificate=signed, key=key)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # or the kernel lets some of fifty clients wait for seconds

    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that fails is what many of the tests are about."""


@contextmanager
def served_with(
    own: Certificate, directory: Path, *, wanted_of_clients: Certificate | None = None
) -> Iterator[str]:
    """Serve ``{}`` under *own* and give out the address.

    Args:
        wanted_of_clients: who has to have signed the certificate of a client.
    """
    file = directory / "server.pem"
    file.write_bytes(own.pem + own.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if wanted_of_clients:
        context.load_verify_locations(cadata=wanted_of_clients.pem.decode())
        context.verify_mode = ssl.CERT_REQUIRED
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
