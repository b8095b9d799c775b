# SPDX-License-Identifier: Apache-2.0
"""``Accept``: who gets what."""

from __future__ import annotations

import pytest

from stackloom.service.refusal import Refused
from stackloom.service.rest.accept import chosen

_OFFERED = ("application/json", "application/jsonl", "text/event-stream")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/event-stream", "text/event-stream"),
        ("Text/Event-Stream; charset=utf-8", "text/event-stream"),
        ("text/html, text/*;q=0.5, */*;q=0.1", "text/event-stream"),
        ("application/jsonl, application/json;q=0.9", "application/jsonl"),
        ("application/json;q=0.5, application/jsonl;q=0.5", "application/json"),
        ("application/json;q=0, */*", "application/jsonl"),
        ("application/json;q=x, text/event-stream;q=0.1", "text/event-stream"),
        ("application/json;q=nan, text/event-stream;q=0.1", "text/event-stream"),
    ],
)
def test_the_best_of_what_is_liked(accept: str, media_type: str) -> None:
    """Weights count, then the closer word, then our order."""
    assert chosen(accept, _OFFERED) == media_type


@pytest.mark.parametrize(
    "accept", ["text/html", "*/*;q=0", "json", ",", "application/xml, image/*"]
)
def test_nothing_of_it(accept: str) -> None:
    """The refusal names what there is."""
    with pytest.raises(Refused) as caught:
        chosen(accept, _OFFERED)
    assert caught.value.code == "format.not-offered"
    assert caught.value.message.endswith(", ".join(_OFFERED))
