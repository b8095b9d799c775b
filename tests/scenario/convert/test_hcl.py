# SPDX-License-Identifier: Apache-2.0
"""The language of Terraform's files: what is written reads as what was meant."""

from __future__ import annotations

import hcl2

from stackloom.scenario.convert.hcl import Block, Code, Template, rendered


def test_a_block_is_set_as_terraform_sets_it() -> None:
    """Signs aligned on neighbouring lines, blocks apart, long lists over several lines."""
    block = Block(("resource", "type", "name"))
    block.add(
        short=1, longer=True, nothing=None, map={"a": 1, "b c": "x"}, empty={},
        list=["x" * 30, "y" * 30, "z" * 30], code=Code("var.a"),
    )  # fmt: skip
    block.inside("inner", a=1, bcd="e")
    block.add(after=2)
    assert (
        rendered([block, Block(("provider", "p"))])
        == """\
resource "type" "name" {
  short  = 1
  longer = true
  map = {
    a     = 1
    "b c" = "x"
  }
  empty = {}
  list = [
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
    "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
  ]
  code = var.a

  inner {
    a   = 1
    bcd = "e"
  }

  after = 2
}

provider "p" {}
"""
    )


def test_texts_are_escaped() -> None:
    """Quotes, backslashes, control letters, and the signs that would begin an expression."""
    block = Block(("a",))
    block.add(x='say "hi" \\ \t\r\n \x07 ${b} %{c}')
    written = rendered([block])
    assert written == 'a {\n  x = "say \\"hi\\" \\\\ \\t\\r\\n \\u0007 $${b} %%{c}"\n}\n'
    hcl2.loads(written)


def test_a_text_of_lines_stands_as_it_is() -> None:
    """With the parts that are worked out inside, and an end that does not occur in it."""
    block = Block(("a",))
    block.add(x=Template(("one ${b}\nEOT\n", Code("var.c"), "\n")))
    written = rendered([block])
    assert written == "a {\n  x = <<EOT_\none $${b}\nEOT\n${var.c}\nEOT_\n}\n"
    hcl2.loads(written)
