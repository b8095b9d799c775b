# SPDX-License-Identifier: Apache-2.0
"""The lives of Nova's kinds that are data; those of servers and what is theirs take more words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.cloud.life import Ground, Life

from stackloom.testing.cloud import OpenStackCloud


@contextmanager
def ground(_openstack_cloud: OpenStackCloud) -> Iterator[Ground]:
    """Lay nothing."""
    yield Ground(ids={})


LIVES = (
    Life(
        module="compute.aggregate",
        noun="aggregate",
        user="admin",
        new={"name": "ck-a"},
        change={"name": "ck-b", "availability_zone": "ck-zone"},
        create="ck-a --zone ck-zone --property ssd=true --property gone=soon",
        set="--name ck-b --zone ck-other --property ssd=false",
        told={
            "name": "ck-b",
            "availability_zone": "ck-other",
            "metadata": {"availability_zone": "ck-other", "ssd": "false", "gone": "soon"},
        },
        unset="--property gone --property nosuch",
        unset_told={"metadata": {"availability_zone": "ck-other", "ssd": "false"}},
        theirs=lambda sdk, _ids, key: sdk.get_aggregate(key),
    ),
)
