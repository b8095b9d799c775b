# SPDX-License-Identifier: Apache-2.0
"""A picture with some of everything, for those who write pictures down."""

from __future__ import annotations

from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Part, Port
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage, between

PARTS: tuple[Part, ...] = (
    Bar(key="network.public", label="public", is_external=True, is_borrowed=True),
    Bar(key="network.blue", label="blue", details=("mtu 1450",)),
    BarNote(bar="network.blue", note="10.0.0.0/24", key="subnet.blue", details=("no DHCP",)),
    Bar(key="network.green", label="green", status="DOWN"),
    Box(key="router.hub", sort="router", label="hub", status="ACTIVE", details=("route a via b",)),
    Leg(box="router.hub", bar="network.public", note="203.0.113.4", is_gateway=True),
    Leg(box="router.hub", bar="network.blue", note="10.0.0.1", key="router_interface.hub.blue"),
    Box(key="server.web", sort="server", label='web <"1">', note="m1.tiny", status="ERROR"),
    Leg(box="server.web", bar="network.blue", note="10.0.0.5", key="port.web"),
    Leg(box="server.web", bar="network.green", note="10.1.0.5", details=("MAC fa:16:3e:00:00:01",)),
    Port(key="port.spare", bar="network.green", label="spare", status="DOWN"),
    Box(key="server.alone", sort="server", label="alone", status="SHUTOFF"),
    Badge(on="port.web", key="floating_ip.web", sort="floating_ip", label="203.0.113.7"),
    Badge(on="", key="volume.data", sort="volume", label="data", note="10 GiB"),
    Badge(on="server.web", key="volume.data", sort="volume", note="/dev/vdb"),
    Badge(on="", key="security_group.free", sort="security_group", label="free"),
)
PLAIN = Picture(parts=PARTS, title="some & all")
CHANGING = Picture(
    parts=PARTS,
    title="some & all",
    has_overlay=True,
    remarks={
        "network.green": Remark(change=Change.CREATE),
        "subnet.blue": Remark(change=Change.UPDATE, lines=("gateway_ip: null → 10.0.0.1",)),
        "server.web": Remark(
            change=Change.REPLACE,
            lines=('image: "a" → "b" (forces replacement)',),
            stage=Stage.FAILED,
            reason="no valid host",
        ),
        "floating_ip.web": Remark(change=Change.DELETE),
        between("server.web", "network.green", ""): Remark(change=Change.CREATE),
    },
    elsewhere=("+ keypair.mine",),
    notices=("volumes: 403",),
)
