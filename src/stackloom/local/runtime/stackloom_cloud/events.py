# SPDX-License-Identifier: Apache-2.0
"""What is told to the command that started us: one JSON object a line.

The command may be gone at any time; then there is nobody to tell, and that is no error here.
"""

from __future__ import annotations

import json
import os


class Events:
    """A stream of events on a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def send(self, event: str, **fields: object) -> None:
        """Write one line."""
        line = json.dumps({"event": event, **fields}) + "\n"
        try:
            os.write(self.descriptor, line.encode())
        except OSError:
            pass  # nobody listens any more

    def close(self) -> None:
        """Stop telling; what is sent from now on goes nowhere."""
        os.close(self.descriptor)
        self.descriptor = -1
