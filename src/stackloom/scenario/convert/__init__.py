# SPDX-License-Identifier: Apache-2.0
"""From Heat's templates to scenarios, and from scenarios to Heat and Terraform. Pure.

``from_hot`` reads, ``to_hot`` and ``to_terraform`` write. Nothing here talks to a cloud, and what
has no counterpart on the other side is named, each once, with its place.
"""
