# SPDX-License-Identifier: Apache-2.0
"""Jobs: plans and runs as something that one worker at a time works on, whoever that is."""
