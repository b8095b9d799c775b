# SPDX-License-Identifier: Apache-2.0
"""What a scenario file may say beside resources: variables, repetition, expressions, includes.

Everything here turns one document into another with the same positions, before any kind sees it.
"""
