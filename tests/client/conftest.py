# SPDX-License-Identifier: Apache-2.0
"""The PostgreSQL of the service's tests, for clients of a real service."""

from tests.service.conftest import (
    _template,
    database_url,
    postgres,
)

__all__ = ["_template", "database_url", "postgres"]
