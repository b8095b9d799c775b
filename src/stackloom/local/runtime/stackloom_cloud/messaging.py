# SPDX-License-Identifier: Apache-2.0
# mypy: disable-error-code="import-not-found,import-untyped"
"""Deliver in-process messages at once instead of up to 50 ms later.

oslo.messaging's fake driver looks for messages and sleeps in turns (oslo_messaging/_drivers/
impl_fake.py, ``FakeListener.poll``, 18.3). Booting one server takes five such messages, and an idle
Nova wakes up eighty times a second for nothing. Here the sleep ends when a message is delivered.
Knows nothing about the services.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from oslo_messaging._drivers import impl_fake

_LOOK_AGAIN_SECONDS = 1.0
_DRIVERS_PAUSE_SECONDS = 0.05


class _Bell:
    """Wakes every listener; one that was not asleep yet does not fall asleep."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0
        self._heard = threading.local()

    def ring(self) -> None:
        """Tell that there is a message."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait for the bell, at most so long; return at once if it rang since the last time."""
        if seconds >= _DRIVERS_PAUSE_SECONDS:
            seconds = _LOOK_AGAIN_SECONDS
        with self._rung:
            if self._count == getattr(self._heard, "count", -1):
                self._rung.wait(seconds)
            self._heard.count = self._count


class _Clock:
    """What the driver needs of the module ``time``."""

    time = staticmethod(time.time)

    def __init__(self, bell: _Bell) -> None:
        self.sleep = bell.sleep


def install() -> None:
    """Put a bell into the driver of this process."""
    bell = _Bell()
    deliver = impl_fake.FakeExchange.deliver_message

    def deliver_and_ring(*arguments: Any, **named: Any) -> None:
        deliver(*arguments, **named)
        bell.ring()

    impl_fake.FakeExchange.deliver_message = deliver_and_ring
    impl_fake.time = _Clock(bell)
