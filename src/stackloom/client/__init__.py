# SPDX-License-Identifier: Apache-2.0
"""The service from a program: ``Client`` with an event loop, ``BlockingClient`` without.

::

    async with Client("https://stackloom.example:9850", token=token) as client:
        plan = await client.until_planned(await client.plan(text))

It knows the REST API and the structs of ``wire``; it never sees the database, and no cloud.
"""

from stackloom.client.blocking import BlockingClient
from stackloom.client.client import Client

__all__ = ["BlockingClient", "Client"]
