# SPDX-License-Identifier: Apache-2.0
"""Make an image of a server and show it: what ``server image`` and ``server backup`` share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.actions import ask
from stackloom.cli.command import Invocation
from stackloom.cli.kind_at_hand import WAIT_SECONDS, load_kind, plain, watch
from stackloom.cli.output import write_one

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud

Content = Callable[[str], tuple[str, Mapping[str, object]]]
"""The action and what goes with it, for the server's name."""


def show_image_made(invocation: Invocation, content: Content) -> int:
    """Ask for the image, wait for it where that was wanted, and show it."""
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> Any:
        import msgspec

        from stackloom.cloud.verbs import find, get

        server, image = load_kind("compute.server"), load_kind("image.image")
        state = await find(cloud, server, invocation.options.name)
        action, wanted = content(state.name or state.id)
        path = f"{server.member_path(state.id)}/action"
        answer = await ask(cloud, server, "POST", path, {action: wanted})
        # Told in the body from 2.45 on (nova/api/openstack/compute/servers.py, 34.0.0).
        image_id = msgspec.json.decode(answer.body)["image_id"]
        if invocation.options.wait:
            invocation.talk(f"waiting for image {image_id}")
            await watch(cloud, image).until_ready(image_id, within_seconds=WAIT_SECONDS)
        return await get(cloud, image, image_id)

    write_one(invocation, plain(ask_cloud(invocation, work)))
    return 0
