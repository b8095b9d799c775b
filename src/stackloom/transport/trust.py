# SPDX-License-Identifier: Apache-2.0
"""The files that say whom to trust: read alike for both TLS libraries, and refused in one voice."""

from __future__ import annotations

import re
from pathlib import Path

from stackloom.errors import BadConfig

_CERTIFICATE = rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----"


def certificates(place: Path) -> bytes:
    """Read the certificates of a PEM file, or of all files of a directory; nothing else of them.

    Raises:
        OSError: it cannot be read.
        ValueError: there is none; rustls takes a file without any in silence.
    """
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    contents = [file.read_bytes() for file in files if file.is_file() or file == place]
    found = [each for content in contents for each in re.findall(_CERTIFICATE, content)]
    if not found:
        raise ValueError(f"{place} holds no certificate")
    return b"\n".join(dict.fromkeys(found)) + b"\n"


def unreadable(error: Exception) -> BadConfig:
    """Return what to tell of a TLS file that cannot be read or used."""
    if isinstance(error, OSError):
        return BadConfig(
            f"cannot read {error.filename}: {error.strerror}",
            hint="check cacert, cert and key in clouds.yaml, or OS_CACERT, OS_CERT and OS_KEY",
        )
    return BadConfig(
        f"a TLS file is not usable PEM: {error}", hint="cacert, cert and key must be PEM files"
    )
