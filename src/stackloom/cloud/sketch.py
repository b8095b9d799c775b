# SPDX-License-Identifier: Apache-2.0
"""What a resource looks like in a picture of the topology: the words in which each kind says it.

====================  ==========================================================================
:class:`Bar`          a network: a long bar that others stand on
:class:`BarNote`      a line about a bar: one of its subnets
:class:`Box`          a router or a server: a box with a name
:class:`Leg`          a box stands on a bar: an interface, a NIC, a gateway
:class:`Port`         a port by itself: the leg of whoever uses it, alone a small box
:class:`Badge`        what belongs to one of these: floating IP, volume, security group, trunk, ...
====================  ==========================================================================

Pure data. A kind yields parts for one state (``Kind.sketch``) or one spec (``Declaration.sketch``);
``scenario/picture`` puts them together, in whatever order they come, and draws them.

**Keys** say what a part is about and are how parts refer to each other. Of a state the key is the
cloud's id, of a spec its address (``router.hub``), also of what it only names and what is looked up
in the cloud (``network.public``); whoever knows both makes addresses of ids. A part may refer to a
key that nobody has contributed: a network of others then becomes a bar that says so, and a badge on
nothing stands by itself, so no kind has to look whether the other is there.

**The same thing may be said twice**, by those who name it and by itself: two badges with one key,
or two bars. What one of them leaves empty is filled in from the other.

How kinds say it, by example:

- a router with a gateway: its ``Box``, ``Bar(key=public, is_external=True, is_borrowed=True)`` and
  ``Leg(box=router, bar=public, is_gateway=True)``;
- a floating IP: ``Badge(on=port, server or else its external network, label="203.0.113.7")``;
- a port: ``Port``, and ``Badge(on=port, key=group, sort="security_group")`` for each of its groups;
- a security group: ``Badge(on="", label="web", details=("allow tcp 443 from 0.0.0.0/0",))``;
- a volume: ``Badge(on="", label="data", note="10 GiB")``, and its attachment
  ``Badge(on=server, key=volume, sort="volume", note="/dev/vdb")``;
- a trunk: ``Badge(on=parent port, label="uplink")``, and for each of its subports
  ``Leg(box=parent port, bar=network, key=subport, note="vlan 101")``;
- a QoS policy, a subnet pool, an RBAC policy: a badge ``on`` the network that has it.
"""

from __future__ import annotations

import msgspec


class Bar(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="bar"):
    """A network.

    Attributes:
        key: the network's id, or its address before it exists.
        label: its name; "" from those who only know the key.
        note: a few words that are always shown.
        status: the cloud's word, such as ``DOWN``; "" where there is nothing to say.
        is_external: routers reach the outside through it, so it looks different and comes first.
        is_borrowed: it is named here and not made here.
        details: further lines for whoever asks: ``("mtu 1400",)``.
    """

    key: str
    label: str = ""
    note: str = ""
    status: str = ""
    is_external: bool = False
    is_borrowed: bool = False
    details: tuple[str, ...] = ()


class BarNote(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="bar_note"):
    """A line about a bar, such as the range of one of its subnets.

    Attributes:
        bar: the key of the bar.
        note: ``10.0.0.0/24``.
        key: the subnet's own key, by which a plan finds it.
        details: further lines for whoever asks: ``("gateway 10.0.0.1", "no DHCP")``.
    """

    bar: str
    note: str
    key: str = ""
    details: tuple[str, ...] = ()


class Box(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="box"):
    """A router, a server, or what else has a place of its own.

    Attributes:
        key: its id, or its address before it exists.
        sort: the name of its kind.
        label: its name.
        note: a few words that are always shown, such as the flavor.
        status: the cloud's word, such as ``ACTIVE``; "" where there is none.
        details: further lines for whoever asks: ``("image cirros", "zone nova")``.
    """

    key: str
    sort: str
    label: str
    note: str = ""
    status: str = ""
    details: tuple[str, ...] = ()


class Leg(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="leg"):
    """A box stands on a bar.

    Attributes:
        box: the key of the box; or of a port, whose box is then meant: a subport of a trunk is a
            leg of the server that has the parent port.
        bar: the key of the network.
        note: its address there, or ``vlan 101``.
        key: the port's or interface's own key; "" where it has none, as the NICs that Nova is to
            make. Badges on this key stand on this leg.
        port: the key of the port behind it, where the leg has another key of its own.
        is_gateway: the way out of a router.
        details: further lines for whoever asks: ``("MAC fa:16:3e:…",)``.
    """

    box: str
    bar: str
    note: str = ""
    key: str = ""
    port: str = ""
    is_gateway: bool = False
    details: tuple[str, ...] = ()


class Port(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="port"):
    """A port as it is by itself.

    Where a leg has the same key it fills in what that leg leaves empty; where none has, it is drawn
    as a small box that waits for somebody to use it.

    Attributes:
        key: its id, or its address before it exists.
        bar: the key of its network.
        label: its name.
        note: its addresses.
        status: the cloud's word; shown where it stands alone.
        details: further lines for whoever asks.
    """

    key: str
    bar: str
    label: str = ""
    note: str = ""
    status: str = ""
    details: tuple[str, ...] = ()


class Badge(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="badge"):
    """Something that belongs to a box, a bar, a leg, or to another badge.

    A thing that may be used many times says itself once with ``on=""``, and each who uses it yields
    a badge with the same key: a security group and the ports that have it, a volume and its
    attachment. Used by nobody, it is listed by itself.

    Attributes:
        on: the key of what it belongs to; "" for nothing.
        key: its own key, by which a plan finds it and others stand on it.
        sort: the name of its kind, which chooses its sign: ``floating_ip``, ``volume``,
            ``security_group``, ``trunk``, ``keypair``, ``server_group``, ``qos_policy``, ...
        label: its name or address: ``203.0.113.7``; "" from those who only know the key.
        note: a few words: ``10 GiB``, ``/dev/vdb``, ``tcp 8080 → 80``.
        status: the cloud's word; "" where there is none.
        details: further lines for whoever asks: the rules of a security group.
    """

    on: str
    key: str
    sort: str
    label: str = ""
    note: str = ""
    status: str = ""
    details: tuple[str, ...] = ()


Part = Bar | BarNote | Box | Leg | Port | Badge
