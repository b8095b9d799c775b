# SPDX-License-Identifier: Apache-2.0
"""A scenario as a configuration of Terraform, for its OpenStack provider. Pure."""

from __future__ import annotations

from stackloom.cloud.mark import Address
from stackloom.errors import Problem
from stackloom.scenario.convert import terraform_of_compute, terraform_of_network
from stackloom.scenario.convert.hcl import Block, Code, rendered
from stackloom.scenario.convert.terraform_writer import TerraformWriter
from stackloom.scenario.convert.worked_out import WorkedOut
from stackloom.scenario.loader import Loaded
from stackloom.scenario.model import Kinds

_WRITERS = {**terraform_of_network.WRITERS, **terraform_of_compute.WRITERS}
# What became a part of something else.
_SIDES = frozenset({"image_data", "security_group_rules", "qos_policy_rules"})


def to_terraform(loaded: Loaded, kinds: Kinds) -> tuple[str, tuple[Problem, ...]]:
    """Return the configuration that asks for the same, and what it could not say."""
    source = WorkedOut(loaded, kinds)
    writer = TerraformWriter(source)
    for address in source.scenario.specs:
        if work := _WRITERS.get(address.kind):
            work(writer, address)
        elif address.kind not in _SIDES:
            words = source.kinds[address.kind].words
            source.lose(address, f"Terraform's provider has no {words}")
    outputs = _outputs(source, writer)
    blocks = [_head(), Block(("provider", "openstack")), *_variables(source)]
    blocks += [*writer.data.values(), *writer.blocks, *outputs]
    heading = f"# Scenario {source.scenario.name}, written by stackloom convert.\n"
    return heading + rendered(blocks), source.losses.problems


def _head() -> Block:
    head = Block(("terraform",))
    head.inside("required_providers", openstack={
        "source": "terraform-provider-openstack/openstack", "version": "~> 3.0",
    })  # fmt: skip
    return head


def _variables(source: WorkedOut) -> list[Block]:
    blocks = []
    for secret in source.secrets:
        block = Block(("variable", secret.name))
        block.add(type=Code("string"), sensitive=True)
        blocks.append(block)
    return blocks


def _outputs(source: WorkedOut, writer: TerraformWriter) -> list[Block]:
    blocks = []
    for name, output in source.scenario.outputs.items():
        block = Block(("output", name))
        value = source.value(output.value)
        place = ("outputs", name)
        block.add(
            description=output.description or None,
            value=writer.value(value, Address("output", name), place),
            sensitive=True if output.secret else None,
        )
        blocks.append(block)
    return blocks
