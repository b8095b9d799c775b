# SPDX-License-Identifier: Apache-2.0
"""What ``profile:`` stands for: the settings that a public cloud gives to all of its users.

As in openstacksdk (openstack/config/vendors/__init__.py, 4.22): first ``clouds-public.yaml``, then
the profiles that come with openstacksdk, where that is installed beside us, then an address, whose
``/.well-known/openstack/api`` is asked.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from stackloom.auth.cloud_files import first_file
from stackloom.auth.origin import Origin
from stackloom.errors import BadConfig


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a profile, where they stand, and what a person should know.

    The settings are kept out of its text.
    """

    settings: Mapping[str, object]
    origin: Origin
    note: str = ""

    def __repr__(self) -> str:
        return f"Profile({self.origin!r})"


class _WellKnown(msgspec.Struct):
    name: str
    profile: dict[str, object]


def profile(name: str, environment: Mapping[str, str], source: str) -> Profile:
    """Return a profile; one that nobody knows is empty, with a note, as in openstacksdk.

    Raises:
        BadConfig: the cloud behind it has ended, or its address does not answer as it should.
    """
    public = first_file("clouds-public", environment)
    if public is not None and name in (entries := public.entries("public-clouds")):
        return Profile(settings=entries[name], origin=public.origin("public-clouds", name))
    settings = _found(name, source)
    nested = settings.pop("profile", None) if settings else None
    if isinstance(nested, str):
        settings = _found(nested, source) or settings
    origin = Origin(words=f"profile {name}")
    if settings is None:
        return Profile(settings={}, origin=origin, note=f"{source}: no profile {name} is known")
    plain = {key: each for key, each in settings.items() if key not in {"status", "message"}}
    status, message = settings.get("status"), settings.get("message", "")
    if status == "shutdown":
        raise BadConfig(f"{source}: the cloud of profile {name} has ended: {message}")
    note = f"{source}: profile {name} is deprecated: {message}" if status == "deprecated" else ""
    return Profile(settings=plain, origin=origin, note=note)


def _found(name: str, source: str) -> dict[str, object] | None:
    """Look for a profile that comes with the openstacksdk beside us, then behind an address."""
    package = importlib.util.find_spec("openstack")  # does not import it
    for place in (package.submodule_search_locations or ()) if package else ():
        settings = _read(Path(place), name)
        if settings is not None:
            return settings
    return _asked(name, source) if urlsplit(name).netloc else None


def _read(package: Path, name: str) -> dict[str, object] | None:
    import yaml  # noqa: PLC0415 - only where a profile is named

    files = (package / "config/vendors").glob("*.*")
    for file in sorted(files, key=lambda each: (each.stem != name, each.name)):
        if file.suffix not in {".yaml", ".json"} or not file.is_file():
            continue
        document = yaml.safe_load(file.read_bytes())
        if isinstance(document, dict) and document.get("name") == name:
            inside = document.get("profile")
            return dict(inside) if isinstance(inside, dict) else None
    return None


def _asked(address: str, source: str) -> dict[str, object]:
    from stackloom.transport.blocking import BlockingTransport, run_alone  # noqa: PLC0415 - rare
    from stackloom.transport.client import Lost, NotSent, Request  # noqa: PLC0415

    parts = urlsplit(address)
    url = f"{parts.scheme}://{parts.netloc}/.well-known/openstack/api"
    transport = BlockingTransport()
    try:
        answer = run_alone(transport.send(Request(method="GET", url=url)))
        if answer.status != 200:
            raise BadConfig(f"{source}: the profile at {url} answered {answer.status}")
        settings = msgspec.json.decode(answer.body, type=_WellKnown).profile
    except (NotSent, Lost, msgspec.DecodeError) as error:
        raise BadConfig(f"{source}: the profile at {url} cannot be had: {error}") from error
    finally:
        run_alone(transport.close())
    settings.pop("profile", None)  # it must not lead on to yet another
    return settings
