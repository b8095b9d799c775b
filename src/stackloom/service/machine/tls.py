# SPDX-License-Identifier: Apache-2.0
"""The certificate that a listener shows."""

from __future__ import annotations

import ssl

from stackloom.errors import BadConfig
from stackloom.service.settings import ServerSettings


def check_certificate(server: ServerSettings) -> None:
    """Check that the certificate and its key can be used together; fine where none is set.

    Raises:
        BadConfig: one cannot be read, or they do not belong together.
    """
    if not server.tls_certificate:
        return
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(server.tls_certificate, server.tls_key)
    except OSError as error:  # SSLError is one
        raise BadConfig(
            f"[server] tls_certificate and tls_key cannot be used: {error}",
            hint=f"openssl x509 -in {server.tls_certificate} -noout -subject shows what it is",
        ) from error
