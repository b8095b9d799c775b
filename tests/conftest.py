# SPDX-License-Identifier: Apache-2.0
"""What every test may ask for: above all one local cloud for the whole run."""

from __future__ import annotations

import pytest

from stackloom.local.access import Access
from stackloom.testing.cloud import OpenStackCloud


@pytest.fixture(scope="session")
def local_cloud(openstack_cloud: OpenStackCloud) -> Access:
    """The run's own cloud; what is installed is shared with the person's."""
    return openstack_cloud.access
