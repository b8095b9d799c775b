# SPDX-License-Identifier: Apache-2.0
"""``/static/…``: style sheets, scripts, signs and the letters, all from the package itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from litestar import Response, get
from litestar.params import FromPath

from stackloom.web.sheet import colour_sheet, picture_sheet
from stackloom.web.visit import SECURITY, AnyRequest

_TYPES: Final = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    media_type: str
    etag: str


@get("/static/{name:str}", include_in_schema=False)
async def asset(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Return a file of the page; what the browser has already is not sent again."""
    found = _ASSETS.get(name)
    if found is None:
        return Response(
            b"no such file\n", status_code=404, headers=SECURITY, media_type="text/plain"
        )
    headers = {**SECURITY, "ETag": found.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == found.etag:
        return Response(b"", status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=found.media_type)


def _assets() -> dict[str, _Asset]:
    contents = {
        entry.name: entry.read_bytes() for entry in (files("stackloom.web") / "static").iterdir()
    }
    contents["colours.css"] = colour_sheet().encode()
    contents["topology.css"] = picture_sheet().encode()
    contents |= _letters()
    return {name: _asset(name, content) for name, content in contents.items()}


def _letters() -> dict[str, bytes]:
    """Return the font whose widths pictures are laid out for, where it is installed."""
    try:
        folder: Traversable = files(import_module("fontpkg_roboto")) / "files"
    except ImportError:
        return {}
    return {"roboto.ttf": (folder / "Roboto[wdth,wght].ttf").read_bytes()}


def _asset(name: str, content: bytes) -> _Asset:
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return _Asset(content, _TYPES[name.rpartition(".")[2]], etag)


_ASSETS: Final = _assets()
HANDLERS = (asset,)
