# SPDX-License-Identifier: Apache-2.0
"""One module for each OpenStack service: how to load it, and how to prepare its databases.

Each defines ``prepare(instructions, program, identities)``, which runs once for a release, and
``load(instructions, program)``, which returns the WSGI application, ready to answer. Where it
defines ``warm()``, that runs in the background once the program answers.
"""
