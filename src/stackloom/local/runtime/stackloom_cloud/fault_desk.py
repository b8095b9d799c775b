# SPDX-License-Identifier: Apache-2.0
"""Where faults are set and cleared: the supervisor's side.

Knows what may be asked over the control socket; the programs' side is ``faults.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .faults import MOST_FAULTS, Board, Fault
from .instructions import Program

# The id of the delay that `up --latency` asks for.
LATENCY = "latency"


class FaultDesk:
    """All faults of one cloud."""

    def __init__(self, board: Board, programs: tuple[Program, ...]) -> None:
        self._board = board
        self._programs = programs
        self._faults: list[Fault] = []
        self._number = 0
        self._write()

    def answer(self, request: Mapping[str, Any]) -> dict[str, object]:
        """Do what was asked and return what to say.

        Raises:
            ValueError: in words for the person who asked.
        """
        match request.get("do"):
            case "fault add":
                return {"done": True, "faults": [self._told(self._add(request["fault"]))]}
            case "fault list":
                return {"done": True, "faults": [self._told(each) for each in self._faults]}
            case "fault clear":
                return {"done": True, "cleared": self._clear(str(request.get("id", "")))}
            case "set latency":
                self.set_latency(float(request["seconds"]), float(request["jitter"]))
                return {"done": True}
        raise ValueError(f"no such request: {request.get('do')}")

    def set_latency(self, seconds: float, jitter: float) -> None:
        """Let every outside request wait; 0 for not at all."""
        self._faults = [each for each in self._faults if each.id != LATENCY]
        if seconds or jitter:
            slot = self._free_slot()
            latency = Fault(id=LATENCY, slot=slot, delay_seconds=seconds, jitter_seconds=jitter)
            self._faults.insert(0, latency)
        self._write()

    def clear(self) -> None:
        """Clear every fault; the latency, which is part of the cloud, stays."""
        self._clear("")

    def _add(self, raw: Mapping[str, Any]) -> Fault:
        fields = dict(raw)
        programs = self._concerned(str(fields.pop("service", "")))
        slot = self._free_slot()
        self._number += 1
        fault = Fault(id=f"f{self._number}", slot=slot, programs=programs, **fields)
        self._faults.append(fault)
        self._write()
        return fault

    def _concerned(self, service: str) -> tuple[str, ...]:
        """Return the names of the programs that are meant by a name or a type of the catalog."""
        if not service:
            return ()
        found = tuple(
            program.name
            for program in self._programs
            if service in {program.name, program.service_type}
        )
        if not found:
            known = ", ".join(f"{each.name} ({each.service_type})" for each in self._programs)
            raise ValueError(f'there is no service "{service}"; there are: {known}')
        return found

    def _free_slot(self) -> int:
        taken = {each.slot for each in self._faults}
        free = next((slot for slot in range(MOST_FAULTS) if slot not in taken), None)
        if free is None:
            raise ValueError(f"{MOST_FAULTS} faults are set already: clear some first")
        self._board.forget(free)
        return free

    def _clear(self, id: str) -> int:
        """Clear one fault, or all; return how many."""
        kept = [each for each in self._faults if (each.id != id if id else each.id == LATENCY)]
        cleared = len(self._faults) - len(kept)
        if id and not cleared:
            known = ", ".join(each.id for each in self._faults) or "none"
            raise ValueError(f'there is no fault "{id}"; there are: {known}')
        self._faults = kept
        if all(each.id == LATENCY for each in kept):
            self._number = 0  # So that the same commands always make the same faults.
        self._write()
        return cleared

    def _told(self, fault: Fault) -> dict[str, object]:
        count = self._board.count(fault.slot)
        return {**asdict(fault), "matched": count.matched, "hits": count.hits}

    def _write(self) -> None:
        beside = self._board.path.with_name("faults.json.new")
        beside.write_text(json.dumps([asdict(each) for each in self._faults], indent=1))
        beside.replace(self._board.path)
        self._board.announce()
