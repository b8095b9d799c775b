# SPDX-License-Identifier: Apache-2.0
"""The description of the API as one page of HTML: no script, nothing from anywhere else."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from stackloom import errors
from stackloom.wire.codes import CODES, ENGINE, PREFIX

Node = Mapping[str, Any]

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.55 system-ui, sans-serif;
  --line: light-dark(#d5dce5, #2d3a4d); --soft: light-dark(#f2f5f9, #172233);
  --page: light-dark(#fff, #0d1420); --text: light-dark(#182433, #dfe7f1);
  --link: light-dark(#1656c4, #7db0ff); }
body { background: var(--page); color: var(--text); margin: 0; }
a { color: var(--link); }
.layout { display: grid; gap: 2.5rem; grid-template-columns: 20rem minmax(0, 1fr);
  margin: 0 auto; max-width: 82rem; padding: 1.5rem; }
nav { align-self: start; font-size: 0.87rem; max-height: calc(100vh - 3rem); overflow: auto;
  position: sticky; top: 1.5rem; }
nav h2 { border: 0; font-size: 0.87rem; margin: 1rem 0 0.25rem; padding: 0; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 0.1rem 0; text-decoration: none; }
nav a:hover { text-decoration: underline; }
h1 { font-size: 1.7rem; margin: 0 0 1rem; }
h2 { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1.5rem; }
h3 { margin: 2.5rem 0 0.25rem; }
h4 { margin: 1.25rem 0 0.25rem; }
code, pre { font: 0.92em ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  max-height: 24rem; overflow: auto; padding: 0.75rem; }
.request { background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  display: inline-block; margin: 0.25rem 0; padding: 0.2rem 0.6rem; }
table { border-collapse: collapse; display: block; overflow: auto; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.35rem 1rem 0.35rem 0;
  text-align: left; vertical-align: top; }
td p { margin: 0; }
@media (max-width: 60rem) {
  .layout { display: block; }
  nav { max-height: none; position: static; }
}
"""
_CODE = re.compile(r"`{1,2}([^`]+)`{1,2}")
_METHODS = ("get", "post", "put", "delete")


def page_of(document: Node) -> tuple[bytes, str]:
    """Return the page, and the hash by which a policy allows its style sheet."""
    digest = hashlib.sha256(_STYLE.encode()).digest()
    body = "\n".join(_page(document))
    return body.encode(), f"sha256-{base64.b64encode(digest).decode()}"


def _page(document: Node) -> Iterator[str]:
    info = document["info"]
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(info['title'])} {escape(info['version'])}</title>"
    yield f'<style>{_STYLE}</style></head><body><div class="layout">'
    operations = _by_tag(document)
    yield from _contents(document["tags"], operations)
    yield f"<main><h1>The API of {escape(info['title'])}, {escape(info['version'])}</h1>"
    yield _words(info["description"])
    yield '<p><a href="/v1/openapi.json">The same as OpenAPI 3.1</a></p>'
    for tag in document["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2>{_words(tag['description'])}"
        for method, path, operation in operations[tag["name"]]:
            yield from _operation(method, path, operation)
    yield '<h2 id="schemas">Structures</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield from _schema(name, schema)
    yield from _codes()
    yield "</main></div></body></html>"


def _by_tag(document: Node) -> Mapping[str, list[tuple[str, str, Node]]]:
    operations = defaultdict(list)
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operations[methods[method]["tags"][0]].append((method, path, methods[method]))
    return operations


def _contents(
    tags: Iterable[Node], operations: Mapping[str, list[tuple[str, str, Node]]]
) -> Iterator[str]:
    yield '<nav aria-label="Contents">'
    for tag in tags:
        yield f"<h2>{escape(tag['name'])}</h2><ul>"
        for method, path, operation in operations[tag["name"]]:
            name, summary = operation["operationId"], _plain(operation["summary"])
            request = f"{method.upper()} {path}"
            yield f'<li><a href="#{name}" title="{escape(summary)}">{escape(request)}</a></li>'
        yield "</ul>"
    yield '<h2>Words</h2><ul><li><a href="#schemas">Structures</a></li>'
    yield '<li><a href="#codes">Codes of refusals</a></li></ul></nav>'


def _operation(method: str, path: str, operation: Node) -> Iterator[str]:
    yield f'<h3 id="{operation["operationId"]}">{_line(operation["summary"])}</h3>'
    yield f'<code class="request">{method.upper()} {escape(path)}</code>'
    yield _words(operation["description"])
    if parameters := operation.get("parameters"):
        yield _table(
            ("Parameter", "In", "Type", ""),
            (
                (
                    f"<code>{escape(each['name'])}</code>{' (needed)' * each['required']}",
                    each["in"],
                    _type(each["schema"]),
                    _words(each.get("description", "")),
                )
                for each in parameters
            ),
        )
    if body := operation.get("requestBody"):
        yield "<h4>Body</h4>"
        yield from _content(body["content"])
    yield "<h4>Answers</h4>"
    yield _table(
        ("Status", ""),
        (
            (status, _words(answer["description"]))
            for status, answer in operation["responses"].items()
        ),
    )
    for answer in operation["responses"].values():
        examples = {k: v for k, v in answer.get("content", {}).items() if "example" in v}
        yield from _content(examples)


def _content(content: Node) -> Iterator[str]:
    for media_type, inside in content.items():
        yield f"<p><code>{escape(media_type)}</code>: {_type(inside['schema'])}</p>"
        if "example" in inside:
            text = json.dumps(inside["example"], indent=2, ensure_ascii=False)
            yield f'<pre tabindex="0">{escape(text)}</pre>'


def _schema(name: str, schema: Node) -> Iterator[str]:
    yield f'<h3 id="schema-{name}">{name}</h3>{_words(schema.get("description", ""))}'
    if "properties" not in schema:
        yield f"<p>{_type(schema)}</p>"
        return
    needed = schema.get("required", ())
    yield _table(
        ("Field", "Type", ""),
        (
            (
                f"<code>{escape(field)}</code>{' (needed)' * (field in needed)}",
                _type(inner),
                _words(inner.get("description", "")),
            )
            for field, inner in schema["properties"].items()
        ),
    )


def _type(schema: Node) -> str:
    """Say in a few words, as HTML, what a value is."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#schema-{name}">{name}</a>'
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " or ".join(_type(each) for each in choices)
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    kinds = schema.get("type", "any")
    words = " or ".join([kinds] if isinstance(kinds, str) else kinds)
    if "items" in schema:
        words += f" of {_type(schema['items'])}"
    elif isinstance(schema.get("additionalProperties"), dict):
        words += f" of {_type(schema['additionalProperties'])}"
    return words + _limits(schema)


def _limits(schema: Node) -> str:
    told = {
        "format": "{}",
        "minimum": "from {}",
        "maximum": "to {}",
        "maxLength": "at most {} characters",
        "maxItems": "at most {}",
        "default": "by default {}",
    }
    found = [
        words.format(escape(str(schema[key])))
        for key, words in told.items()
        if schema.get(key) not in (None, [], {}, "")
    ]
    return f" ({', '.join(found)})" if found else ""


def _codes() -> Iterator[str]:
    yield '<h2 id="codes">Codes of refusals</h2>'
    rows = [(code, str(row.status), row.title) for code, row in CODES.items()]
    yield _table(
        ("Code", "Status", ""),
        (
            (f'<code id="{code}">{PREFIX}{code}</code>', status, escape(title))
            for code, status, title in (*rows, *_engine_codes())
        ),
    )


def _engine_codes() -> Iterator[tuple[str, str, str]]:
    for each in vars(errors).values():
        if isinstance(each, type) and issubclass(each, errors.StackloomError):
            title = inspect.cleandoc(each.__doc__ or "").partition("\n")[0].rstrip(".")
            status = 502 if each is errors.AuthFailed else each.http_status
            yield f"{ENGINE}{each.slug}", str(status), title


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _words(text: str) -> str:
    """Return paragraphs and lists as HTML; `` `code` `` becomes code."""
    parts = []
    for paragraph in filter(None, text.split("\n\n")):
        if paragraph.startswith("* "):
            items = re.split(r"(?:^|\n)\* ", paragraph)[1:]
            parts.append("<ul>" + "".join(f"<li>{_line(each)}</li>" for each in items) + "</ul>")
        else:
            parts.append(f"<p>{_line(paragraph)}</p>")
    return "".join(parts)


def _line(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _plain(text: str) -> str:
    return _CODE.sub(r"\1", text)
