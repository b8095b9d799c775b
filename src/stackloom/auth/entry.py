# SPDX-License-Identifier: Apache-2.0
"""One cloud's settings in layers, and what they come to: openstacksdk's rules, kept exactly. Pure.

Source: openstack/config/loader.py, 4.22: ``get_one``, ``_auth_update``, ``magic_fixes`` and
``_validate_auth``. ``tests/auth/test_like_openstacksdk.py`` feeds both and compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from stackloom.auth.origin import DEFAULT, Given, Origin
from stackloom.errors import BadConfig, UnknownName

Layer = Mapping[str, Given]

# What belongs to a log-in. A value inside ``auth`` counts before one beside it …
IN_AUTH = (
    "auth_url",
    "username",
    "user_id",
    "password",
    "passcode",
    "user_domain_name",
    "user_domain_id",
    "project_name",
    "project_id",
    "project_domain_name",
    "project_domain_id",
    "domain_name",
    "domain_id",
    "default_domain_name",
    "default_domain_id",
    "system_scope",
    "trust_id",
    "unscoped",
    "token",
    "application_credential_id",
    "application_credential_name",
    "application_credential_secret",
)
# … except for these, where the one beside ``auth`` counts (story 2010784), the last name first.
_BESIDE_AUTH_FIRST = {
    "domain_id": ("domain_id",),
    "domain_name": ("domain_name",),
    "user_domain_id": ("user_domain_id",),
    "user_domain_name": ("user_domain_name",),
    "project_domain_id": ("project_domain_id",),
    "project_domain_name": ("project_domain_name",),
    "token": ("auth_token", "token"),
    "passcode": ("passcode",),
    "project_id": ("tenant_id", "project_id"),
    "project_name": ("tenant_name", "project_name"),
}
_FANNED_OUT = {
    "domain_id": ("user_domain_id", "project_domain_id"),
    "domain_name": ("user_domain_name", "project_domain_name"),
}
_OLDER_IN_AUTH = {"username": ("user_name",), "default_domain_id": ("default_domain",)}
_NOT_A_SETTING = frozenset({"auth", "profile", "cloud", "regions", "cache"})


class Entry:
    """The settings of one cloud while layers are put over each other."""

    def __init__(self) -> None:
        self._beside: dict[str, Given] = {"interface": Given("public", DEFAULT)}
        self._auth: dict[str, Given] = {}

    def put(self, mapping: Mapping[str, object], origin: Origin, *, nulls_count: bool) -> None:
        """Put a mapping with ``auth`` over what is there; each key replaces, ``auth`` key-wise."""
        for raw, value in mapping.items():
            key = _normal(raw)
            place = origin.below(str(raw))
            if key == "auth":
                if isinstance(value, Mapping):
                    for inner, inside in value.items():
                        self._auth[_normal(inner)] = Given(inside, place.below(str(inner)))
            elif value is not None or nulls_count:
                self._beside[key] = Given(value, place)

    def set(self, name: str, given: Given) -> None:
        """Put one setting over all."""
        self._beside[name] = given

    def inside(self, name: str) -> str:
        """Return one setting of ``auth`` as it is written, empty where there is none."""
        return _text(self._auth.get(name, _NOTHING).value) or ""

    def result(self, source: str) -> dict[str, Given]:
        """Return every setting that is given as text, flat, with where it came from.

        Raises:
            BadConfig: a text asks for a setting that is not there: ``{region}``.
        """
        beside = _with_interfaces(self._beside)
        auth = dict(self._auth)
        if beside.get("auth_type", _NOTHING).value is None:
            beside.pop("auth_type", None)
        if plugin := beside.pop("auth_plugin", None):
            beside.setdefault("auth_type", plugin)
        _prefer_beside(auth, beside)
        _fan_out_domain(auth)
        _gather(auth, beside)
        known = {name: _text(given.value) for name, given in beside.items()}
        plain = {"region_name": ""}
        plain |= {name: text for name, text in known.items() if text is not None}
        flat = {name: given for name, given in beside.items() if name not in _NOT_A_SETTING}
        flat = {name: _formatted(name, given, plain, source) for name, given in flat.items()}
        if "auth_url" in auth:
            auth["auth_url"] = _formatted("auth_url", auth["auth_url"], plain, source)
        flat.update(auth)
        texts = {name: (_text(given.value), given.origin) for name, given in flat.items()}
        return {
            name: Given(text, origin)
            for name, (text, origin) in texts.items()
            if text and origin is not DEFAULT
        }


_NOTHING = Given(None, DEFAULT)


def _normal(key: object) -> str:
    return str(key).replace("-", "_")


def _text(value: object) -> str | None:
    """Return a setting as text, None for what is no setting: nothing, or a structure."""
    if isinstance(value, list):
        has_structure = any(isinstance(each, Mapping | list) for each in value)
        return None if has_structure else ",".join(str(each) for each in value)
    return None if value is None or isinstance(value, Mapping) else str(value)


def _with_interfaces(beside: Layer) -> dict[str, Given]:
    """Give ``…endpoint_type`` its newer name; of both, the one that was written later counts."""
    result: dict[str, Given] = {}
    for key, given in beside.items():
        if key.endswith("endpoint_type"):
            key = key.removesuffix("endpoint_type") + "interface"  # noqa: PLW2901 - renamed
        if key == "interface" and not _text(given.value):
            continue
        result[key] = given
    return result


def _prefer_beside(auth: dict[str, Given], beside: dict[str, Given]) -> None:
    for target, names in _BESIDE_AUTH_FIRST.items():
        chosen: Given | None = None
        for name in names:
            for place in (auth, beside):
                given = place.pop(name, None)
                if given is not None and given.value is not None:
                    chosen = given
        if chosen is not None and str(chosen.value):
            auth[target] = chosen


def _fan_out_domain(auth: dict[str, Given]) -> None:
    """For a project, a domain given once is the user's and the project's."""
    if not ("project_id" in auth or "project_name" in auth):
        return
    for name, targets in _FANNED_OUT.items():
        given = auth.pop(name, None)
        if given is not None:
            for target in targets:
                auth.setdefault(target, given)


def _gather(auth: dict[str, Given], beside: dict[str, Given]) -> None:
    """Move what belongs to a log-in into ``auth``, where that has no value of its own."""
    for name in IN_AUTH:
        names = (name, *_OLDER_IN_AUTH.get(name, ()))
        inside, outside = _taken(auth, names), _taken(beside, names)
        for given in (inside, outside):
            if given is not None and given.value not in (None, "", False):
                auth[name] = given
                break


def _taken(place: dict[str, Given], names: tuple[str, ...]) -> Given | None:
    """Take all *names* out, and return the first that was there."""
    found = [place.pop(name) for name in names if name in place]
    return found[0] if found else None


def _formatted(name: str, given: Given, plain: Mapping[str, str], source: str) -> Given:
    """Fill ``{region_name}`` and its like in."""
    text = given.value
    if not isinstance(text, str) or name == "password" or not ("{" in text or "}" in text):
        return given
    try:
        return Given(text.format_map(plain), given.origin)
    except (KeyError, IndexError, ValueError, AttributeError):
        raise BadConfig(
            f"{source}: {name} has braces that name no setting",
            hint="{region_name} and other settings beside auth: can be filled in; write {{ for {",
        ) from None


# --- regions --------------------------------------------------------------------------------------


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """One region of a cloud, and what differs in it; that may be a password, so no text has it."""

    name: str
    values: Mapping[str, object] = msgspec.field(default_factory=dict)
    origin: Origin = DEFAULT

    def __repr__(self) -> str:
        return f"Region({self.name})"


def known_regions(entry: Mapping[str, object], origin: Origin, source: str) -> list[Region]:
    """Return the regions that an entry lists, or the one that it names.

    Raises:
        BadConfig: a region has no name, or is neither a name nor ``{name, values}``.
    """
    normal = {_normal(key): (str(key), value) for key, value in entry.items()}
    if "regions" not in normal:
        raw, value = normal.get("region_name", ("", None))
        names = value if isinstance(value, list) else str(value or "").split(",")
        return [Region(name=str(name), origin=origin.below(raw)) for name in names if name]
    raw, value = normal["regions"]
    regions: list[Region] = []
    for number, each in enumerate(value if isinstance(value, Sequence) else ()):
        place = origin.below(raw).below(str(number))
        if isinstance(each, Mapping):
            inside = each.get("values") or {}
            if "name" not in each or not {"name", "values"} >= set(each):
                raise BadConfig(
                    f"{source}: an entry under regions: is neither a name nor name and values"
                )
            values = inside if isinstance(inside, Mapping) else {}
            regions.append(Region(name=str(each["name"]), values=values, origin=place))
        else:
            regions.append(Region(name=str(each), origin=place))
    return regions


def chosen_region(regions: Sequence[Region], wanted: str, source: str) -> Region | None:
    """Return the region that is wanted, or the first.

    Raises:
        UnknownName: there are several and none is called so.
    """
    if not wanted:
        return regions[0] if regions else None
    for region in regions:
        if region.name == wanted:
            return region
    if len(regions) > 1:
        raise UnknownName(
            f'{source} has no region "{wanted}"',
            hint=f"it has: {', '.join(region.name for region in regions)}; letter case counts",
        )
    return None
