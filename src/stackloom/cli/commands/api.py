# SPDX-License-Identifier: Apache-2.0
"""``api``: any request to any service, with token and endpoint filled in."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from stackloom.cli.command import Command, Group, Invocation
from stackloom.errors import BadAnswer, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.transport.client import Answer

Pairs = list[tuple[str, str]]
# {service: a kind of it, which says how far stackloom knows its microversions}
_KIND_WITH_MICROVERSIONS = {
    "compute": "compute.server",
    **dict.fromkeys(("block-storage", "volumev3", "volume"), "block_storage.volume"),
}
_VERSION_HEADERS = {"openstack-api-version", "x-openstack-nova-api-version"}
_BELOW_A_VERSION = re.compile(r"/v[0-9.]+/.")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("method", metavar="METHOD", help="GET, POST, PUT, PATCH, DELETE, HEAD")
    parser.add_argument("service", metavar="SERVICE", help="its type in the catalog: network, …")
    parser.add_argument(
        "path",
        metavar="PATH",
        help="with its version: /v2.0/networks; {project_id} and {user_id} are the token's own",
    )
    parser.add_argument(
        "-q", "--query", action="append", default=[], metavar="KEY=VALUE", help="repeatable"
    )
    parser.add_argument(
        "-d", "--data", metavar="JSON|@FILE|-", help="what to send: JSON, a file of it, or stdin"
    )
    parser.add_argument(
        "-H", "--header", action="append", default=[], metavar="NAME:VALUE", help="repeatable"
    )
    parser.add_argument(
        "--microversion",
        default="",
        metavar="X.Y",
        help="of the service; otherwise the highest that it and stackloom know",
    )
    parser.add_argument("--paginate", action="store_true", help="follow the pages and join them")
    parser.add_argument("-i", "--include", action="store_true", help="show status and headers too")


def _run(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    options = invocation.options
    path, _, own = options.path.partition("?")
    if not path.startswith("/"):
        raise UsageError(f'the path "{path}" should begin with a slash', hint="/v2.0/networks")
    asking = _Asking(
        method=options.method.upper(),
        service=options.service,
        path=path,
        pairs=[*parse_qsl(own, keep_blank_values=True), *map(_pair, options.query)],
        headers=dict(map(_header, options.header)),
        body=_body(options.data),
        microversion=options.microversion,
    )
    if options.paginate and asking.method != "GET":
        raise UsageError("--paginate is for GET")

    async def work(cloud: Cloud) -> list[Answer]:
        return await (_all_pages(cloud, asking) if options.paginate else _one(cloud, asking))

    answers: list[Answer] = ask_cloud(invocation, work)
    if options.include:
        for answer in answers:
            lines = [f"HTTP {answer.status}", *(f"{k}: {v}" for k, v in answer.headers.items()), ""]
            invocation.data("\n".join(lines))
    body = _joined(answers) if options.paginate else answers[0].body
    if body:
        invocation.data(_shown(body, pretty=invocation.stdout.isatty()))
    return 0


class _Asking(msgspec.Struct, kw_only=True):
    """What is to be asked."""

    method: str
    service: str
    path: str
    pairs: Pairs
    headers: dict[str, str]
    body: msgspec.Raw | None
    microversion: str


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        raise UsageError(f'--query "{word}" should be KEY=VALUE')
    return name, value


def _header(word: str) -> tuple[str, str]:
    name, colon, value = word.partition(":")
    if not colon:
        raise UsageError(f'--header "{word}" should be NAME:VALUE')
    return name.strip(), value.strip()


def _body(given: str | None) -> msgspec.Raw | None:
    """Return the JSON to send, as it was written.

    Raises:
        UsageError: it is none, or the file cannot be read.
    """
    if given is None:
        return None
    try:
        if given == "-":
            content = sys.stdin.buffer.read()
        else:
            content = Path(given[1:]).read_bytes() if given.startswith("@") else given.encode()
        msgspec.json.decode(content)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"--data: {error}", hint="it takes JSON, @FILE, or - for stdin") from error
    return msgspec.Raw(content)


async def _one(cloud: Cloud, asking: _Asking) -> list[Answer]:
    query = f"?{urlencode(asking.pairs)}" if asking.pairs else ""
    answer = await cloud.request(
        asking.service,
        asking.method,
        f"{asking.path}{query}",
        body=asking.body,
        microversion=asking.microversion,
        newest_microversion="" if asking.microversion else _newest(asking),
        headers=asking.headers,
    )
    return [answer]


def _newest(asking: _Asking) -> str:
    """Return the newest microversion that may be asked for, as the commands on kinds do; "": none.

    A header of one's own says what is wanted, and a document about versions has none.
    """
    module = _KIND_WITH_MICROVERSIONS.get(asking.service, "")
    names = {name.lower() for name in asking.headers}
    if not module or names & _VERSION_HEADERS or not _BELOW_A_VERSION.match(asking.path):
        return ""
    from stackloom.cli.kind_at_hand import load_kind

    return load_kind(module).newest_microversion


async def _all_pages(cloud: Cloud, asking: _Asking) -> list[Answer]:
    """Ask until there is no next page.

    Raises:
        BadAnswer: the pages go round in a circle.
    """
    from stackloom.cloud.verbs import decode_document
    from stackloom.transport.paging import next_query

    answers: list[Answer] = []
    seen: list[Pairs] = []
    while True:
        seen.append(asking.pairs)
        answers += await _one(cloud, asking)
        document = decode_document(answers[-1])
        following = next_query(document, _list_key(document)) or {}
        pairs = [pair for pair in asking.pairs if pair[0] not in following]
        asking.pairs = [*pairs, *following.items()]
        if not following:
            return answers
        if asking.pairs in seen:
            raise BadAnswer(f"the list repeats a page: {asking.path}", method="GET")


def _list_key(document: dict[str, msgspec.Raw]) -> str:
    """Return the key of the list that a page holds, "" for none."""
    keys = (key for key, value in document.items() if bytes(value).lstrip().startswith(b"["))
    return next((key for key in keys if not key.endswith("links")), "")


def _joined(answers: list[Answer]) -> bytes:
    """Return the first page with the lists of all; links to pages are left out."""
    from stackloom.cloud.verbs import decode_document

    documents = [decode_document(answer) for answer in answers]
    key = _list_key(documents[0])
    if not key:
        return answers[0].body
    items: list[Any] = []
    for document in documents:
        items += msgspec.json.decode(document[key], type=list[msgspec.Raw])
    links = {"links", "next", "first", f"{key}_links"}
    rest = {name: value for name, value in documents[0].items() if name not in links}
    return msgspec.json.encode({**rest, key: items})


def _shown(body: bytes, *, pretty: bool) -> str:
    """Return a body as text: JSON over several lines where a person looks at it."""
    if pretty:
        try:
            return msgspec.json.format(body, indent=2).decode()
        except msgspec.DecodeError:
            pass  # it is no JSON, so it is shown as it came
    return body.decode("utf-8", "replace").rstrip("\n")


GROUP = Group(
    help="Any request to any service",
    commands=(
        Command(
            help="Send any request with token and endpoint filled in",
            arguments=_arguments,
            run=_run,
        ),
    ),
)
