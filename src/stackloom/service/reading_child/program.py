# SPDX-License-Identifier: Apache-2.0
"""The program that reads: ``python -m stackloom.service.reading_child.program 10 512``.

The first process imports everything, then forks the one that answers and forks it anew when it
dies: that takes milliseconds, a start of Python a third of a second. What answers has limits of
time and memory, can write no file, and has nothing of the service: no database, no keys, no socket
but the two pipes. It goes on to the next question after an answer, so that most cost no fork.
"""

from __future__ import annotations

import gc
import math
import os
import resource
import signal
import sys
from mmap import PAGESIZE, mmap
from pathlib import Path
from typing import NoReturn

from stackloom.service.reading_child.answering import answer, warm_up
from stackloom.service.reading_child.messages import (
    HEADER,
    WALL_SECONDS_A_CPU_SECOND,
    Answer,
    Died,
    TooMuch,
    answer_bytes,
    read_question,
)

_MIB = 1024 * 1024
# Python gives little of what it once had back to the system, so whoever was large is replaced.
_LARGE_MIB = 192
_MOST_ANSWER_BYTES = 32 * _MIB
_MOST_FILES = 64
# How the process that answers ends, in the eyes of the first.
_NO_MORE_QUESTIONS = 10
_REPLACE_ME = 11
_NUMBER_BYTES = 4
_NOTHING = 0


def main(cpu_seconds: int, memory_mib: int) -> None:
    """Answer questions until the standard input ends."""
    warm_up()
    gc.collect()
    gc.freeze()  # what was imported is shared, and is not written to by looking for garbage
    at_work_on = mmap(-1, PAGESIZE)  # shared with the process that answers
    while True:
        _note(at_work_on, _NOTHING)
        child = os.fork()
        if child == 0:
            _answer_questions(cpu_seconds, memory_mib, at_work_on)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == _NO_MORE_QUESTIONS:
            return
        number = int.from_bytes(at_work_on[:_NUMBER_BYTES], "big")
        if code == _REPLACE_ME:
            continue
        if number == _NOTHING:
            # It may have read a part of a question, which nobody could make sense of now: whoever
            # asks starts anew, and asks again.
            sys.exit(f"the process that reads ended before it was asked, with code {code}")
        _say(number, Died(signal=max(0, -code)))


def _note(at_work_on: mmap, number: int) -> None:
    at_work_on[:_NUMBER_BYTES] = number.to_bytes(_NUMBER_BYTES, "big")


def _answer_questions(cpu_seconds: int, memory_mib: int, at_work_on: mmap) -> NoReturn:
    _limit(memory_mib)
    while len(header := _read(HEADER.size)) == HEADER.size:
        number, length = HEADER.unpack(header)
        data = _read(length)
        _note(at_work_on, number)
        question = read_question(data)
        _start_clocks(cpu_seconds)
        try:
            said: Answer = answer(question)
        except MemoryError:
            said = TooMuch(what="memory")
        except RecursionError:
            said = TooMuch(what="stack")
        _stop_clocks()
        _say(number, said)
        _note(at_work_on, _NOTHING)
        if isinstance(said, TooMuch) or _is_large():
            os._exit(_REPLACE_ME)
    os._exit(_NO_MORE_QUESTIONS)


def _limit(memory_mib: int) -> None:
    """Take from this process what it does not need for reading."""
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = mapped + memory_mib * _MIB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))


def _start_clocks(cpu_seconds: int) -> None:
    """Let the kernel end this process after that much work, or that much waiting for it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, cpu_seconds * WALL_SECONDS_A_CPU_SECOND)


def _stop_clocks() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _is_large() -> bool:
    """Tell whether this process has ever had more memory than a usual text needs."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > _LARGE_MIB * _MIB


def _read(length: int) -> bytes:
    """Return that many bytes; fewer where the standard input ends before."""
    parts: list[bytes] = []
    while length > 0 and (part := os.read(sys.stdin.fileno(), min(length, _MIB))):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _say(number: int, said: Answer) -> None:
    data = answer_bytes(number, said)
    if len(data) > _MOST_ANSWER_BYTES:
        data = answer_bytes(number, TooMuch(what="room"))
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(sys.stdout.fileno(), rest) :]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
