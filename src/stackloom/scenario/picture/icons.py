# SPDX-License-Identifier: Apache-2.0
"""The signs of pictures, as SVG paths in a field of 14 by 14: no font has to have them. Data."""

from __future__ import annotations

from stackloom.scenario.picture.overlay import Change, Stage

# By the name of the kind.
ICONS = {
    "router": (
        "M7 1.2A5.8 5.8 0 1 0 7 12.8 5.8 5.8 0 1 0 7 1.2M3.6 5.4H8.6L7 3.8M10.4 8.6H5.4L7 10.2"
    ),
    "server": "M1.8 1.8H12.2V6.2H1.8ZM1.8 7.8H12.2V12.2H1.8ZM4 4H5M4 10H5M7.4 4H10M7.4 10H10",
    "port": "M3.5 1.5H10.5V6.5A3.5 3.5 0 0 1 3.5 6.5ZM7 10V13M5.6 4V5.4M8.4 4V5.4",
    "floating_ip": "M1.5 4.8H12L9.4 2.2M12.5 9.2H2L4.6 11.8",
    "volume": "M2 3.4A5 1.9 0 0 1 12 3.4 5 1.9 0 0 1 2 3.4V10.6A5 1.9 0 0 0 12 10.6V3.4",
    "security_group": "M7 1.2L12 3V7C12 10 9.6 12 7 12.9 4.4 12 2 10 2 7V3Z",
    "trunk": "M7 12.8V8M7 8L2.6 3.6M7 8L11.4 3.6M7 8V1.6",
    "keypair": "M5 6.6A2.7 2.7 0 1 0 5 12 2.7 2.7 0 1 0 5 6.6M6.9 7.4L12.2 2M9.6 4.6L11.6 6.6",
    "server_group": "M1.6 1.6H8.4V8.4H1.6ZM5.6 5.6H12.4V12.4H5.6Z",
    "qos_policy": "M1.6 10.6A5.6 5.6 0 1 1 12.4 10.6M7 9L9.8 5.4",
    "port_forwarding": "M1.5 7H12M8.6 3.4L12.4 7 8.6 10.6",
    "subnet_pool": "M1.8 3.2H12.2M1.8 7H12.2M1.8 10.8H8",
    "address_scope": (
        "M7 1.5A5.5 5.5 0 1 0 7 12.5 5.5 5.5 0 1 0 7 1.5M7 5A2 2 0 1 0 7 9 2 2 0 1 0 7 5"
    ),
    "address_group": "M1.8 3.2H12.2M1.8 7H12.2M1.8 10.8H12.2",
    "rbac_policy": (
        "M4.6 6.4A2.2 2.2 0 1 0 4.6 2 2.2 2.2 0 1 0 4.6 6.4M1.2 12A3.4 3.4 0 0 1 8 12"
        "M9 4H12.8M10.9 2.1V5.9"
    ),
    "image": "M1.8 2.4H12.2V11.6H1.8ZM3.4 10L6 6.8 8 9 9.4 7.6 11 10",
}
OTHER_ICON = "M7 1.6L12.4 7 7 12.4 1.6 7Z"
EXTERNAL_ICON = (
    "M7 1.2A5.8 5.8 0 1 0 7 12.8 5.8 5.8 0 1 0 7 1.2M1.4 7H12.6"
    "M7 1.2C4 4.6 4 9.4 7 12.8M7 1.2C10 4.6 10 9.4 7 12.8"
)

# Drawn with white lines on a round mark whose middle is 0 0.
CHANGE_GLYPHS = {
    Change.CREATE: "M-3.6 0H3.6M0-3.6V3.6",
    Change.UPDATE: "M-3.8 .9C-2.4-1.9-.9-1.3 0-.1S2.4 1.7 3.8-1.1",
    Change.REPLACE: "M-3.2-1.6H3.2M0-4.6V1.4M-3.2 4.2H3.2",
    Change.DELETE: "M-3.6 0H3.6",
}
STAGE_GLYPHS = {
    Stage.WAITING: "M-3 0H-2.9M0 0H.1M3 0H3.1",
    Stage.RUNNING: "M-2-3.4L3.4 0-2 3.4Z",
    Stage.DONE: "M-3.4 .2L-1 2.6 3.6-2.4",
    Stage.FAILED: "M-2.8-2.8L2.8 2.8M2.8-2.8L-2.8 2.8",
    Stage.SKIPPED: "M-3-2.8L0 0-3 2.8M.4-2.8L3.4 0 .4 2.8",
}

# How well something is, by the cloud's word: filled shapes whose middle is 0 0, each of its own.
HEALTH_SHAPES = {
    "good": "M-4.6 0A4.6 4.6 0 1 0 4.6 0 4.6 4.6 0 1 0-4.6 0",
    "busy": "M-4-4.6H4L.8 0 4 4.6H-4L-.8 0Z",
    "bad": "M0-5L5.4 4.4H-5.4Z",
    "idle": "M-4-4H4V4H-4Z",
}
_GOOD = frozenset({"ACTIVE", "AVAILABLE", "IN-USE", "UP", "ATTACHED", "PASSWORD", "RESCUE"})
_IDLE = frozenset({"SHUTOFF", "DOWN", "PAUSED", "SUSPENDED", "STOPPED", "SHELVED", "N/A"})


def health(status: str) -> str:
    """Return ``good``, ``busy``, ``bad`` or ``idle`` for a status of any service."""
    word = status.upper()
    if "ERROR" in word or word in {"DEGRADED", "DELETED", "KILLED", "UNKNOWN"}:
        return "bad"
    if word in _GOOD:
        return "good"
    return "idle" if word in _IDLE or word.startswith(("SHELVED", "SOFT_")) else "busy"
