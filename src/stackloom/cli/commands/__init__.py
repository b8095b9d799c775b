# SPDX-License-Identifier: Apache-2.0
"""Plug folder: one command group a file, each with a GROUP.

A file's name is the group's first word. Only what describes the commands is imported at its top;
what carries them out, inside the functions, so that a command loads just what it needs.
"""
