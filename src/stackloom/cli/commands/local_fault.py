# SPDX-License-Identifier: Apache-2.0
"""``local fault``: let the services of a local cloud misbehave, for any client."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.local_name import name_argument
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list
from stackloom.cli.quantities import Rate, rate, seconds

if TYPE_CHECKING:
    from stackloom.local.faults import Fault, SetFault

_TITLES = ("ID", "Service", "Method", "Path", "What", "When", "Matched", "Hits")
_NO_RATE = Rate(per_second=0.0, burst=1)


def _add_arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    where = parser.add_argument_group("where")
    where.add_argument(
        "--service", default="", metavar="SERVICE", help="name or type, neutron or network"
    )
    where.add_argument("--method", default="", metavar="METHOD", help="such as POST")
    where.add_argument("--path", default="*", metavar="PATTERN", help="such as '/v2.0/ports*'")
    where.add_argument(
        "--internal",
        action="store_true",
        help="also the requests that services send to one another",
    )
    when = parser.add_argument_group("when")
    when.add_argument("--times", type=int, default=0, metavar="N", help="then no more")
    when.add_argument(
        "--chance", type=float, default=1.0, metavar="P", help="each time, from 0 to 1"
    )
    when.add_argument(
        "--seed", type=int, default=0, metavar="N", help="draws the same chances and jitters again"
    )
    what = parser.add_argument_group("what")
    what.add_argument("--delay", type=seconds, default=0.0, metavar="TIME", help="such as 150ms")
    what.add_argument(
        "--jitter", type=seconds, default=0.0, metavar="TIME", help="the delay, give or take"
    )
    what.add_argument("--status", type=int, default=0, metavar="N", help="answer with this error")
    what.add_argument(
        "--retry-after", type=int, default=-1, metavar="SECONDS", help="and say when to come back"
    )
    what.add_argument("--html", action="store_true", help="and with the HTML page of a proxy")
    what.add_argument(
        "--drop",
        choices=("request", "answer"),
        default="",
        help="close the connection: before the request is handled, or after",
    )
    what.add_argument("--truncate", action="store_true", help="send half of the answer's body")
    what.add_argument(
        "--unseen",
        type=seconds,
        default=0.0,
        metavar="TIME",
        help="404 for what was created, and lists without it, for so long",
    )
    what.add_argument(
        "--rate", type=rate, default=_NO_RATE, metavar="RATE", help="429 beyond, such as 10/s"
    )


def _add(invocation: Invocation) -> int:
    from stackloom.local import faults

    options = invocation.options
    fault = faults.Fault(
        service=options.service,
        method=options.method,
        path=options.path,
        times=options.times,
        chance=options.chance,
        seed=options.seed,
        includes_internal=options.internal,
        delay_seconds=options.delay,
        jitter_seconds=options.jitter,
        status=options.status,
        retry_after_seconds=options.retry_after,
        is_html=options.html,
        drop=options.drop,
        truncates=options.truncate,
        unseen_seconds=options.unseen,
        rate_per_second=options.rate.per_second,
        rate_burst=options.rate.burst,
    )
    found = faults.add(options.name, fault)
    invocation.talk(f"{_where(found.fault)}: {what_text(found.fault)}, {when_text(found.fault)}")
    invocation.data(found.id)
    return 0


def _list_arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    add_output_options(parser, LIST_FORMATS)


def _list(invocation: Invocation) -> int:
    from stackloom.local import faults

    found = faults.list(invocation.options.name)
    write_list(invocation, _TITLES, [_row(each) for each in found])
    return 0


def _clear_arguments(parser: ArgumentParser) -> None:
    name_argument(parser)
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="not given, all of them")


def _clear(invocation: Invocation) -> int:
    from stackloom.local import faults

    count = faults.clear(invocation.options.name, invocation.options.id)
    invocation.talk(f"cleared {count} fault{'' if count == 1 else 's'}")
    return 0


# --- words ----------------------------------------------------------------------------------------


def _row(found: SetFault) -> tuple[object, ...]:
    fault = found.fault
    return (
        found.id,
        fault.service or "every",
        fault.method or "every",
        fault.path,
        what_text(fault),
        when_text(fault),
        found.matched,
        found.hits,
    )


def _where(fault: Fault) -> str:
    return f"{fault.service or 'every service'}, {fault.method or 'every method'} {fault.path}"


def what_text(fault: Fault) -> str:
    """Say what goes wrong: ``wait 150 ms ± 50 ms, 503, Retry-After 1``."""
    words = []
    if fault.delay_seconds or fault.jitter_seconds:
        jitter = f" ± {_time(fault.jitter_seconds)}" if fault.jitter_seconds else ""
        words.append(f"wait {_time(fault.delay_seconds)}{jitter}")
    if fault.rate_per_second:
        pace = fault.rate_burst / fault.rate_per_second
        words.append(f"{fault.status or 429} beyond {fault.rate_burst} in {_time(pace)}")
    elif fault.unseen_seconds:
        words.append(
            f"{fault.status or 404} for {_time(fault.unseen_seconds)} after it was created"
        )
    elif fault.status:
        words.append(f"{fault.status}{' of a proxy' if fault.is_html else ''}")
    if fault.drop:
        words.append(f"drop the {fault.drop}")
    if fault.truncates:
        words.append("send half of the body")
    if fault.retry_after_seconds >= 0:
        words.append(f"Retry-After {fault.retry_after_seconds}")
    return ", ".join(words)


def when_text(fault: Fault) -> str:
    """Say how often: ``3 times, with a chance of 0.1 (seed 7)``."""
    words = [f"{fault.times} times" if fault.times > 1 else "once" if fault.times else "always"]
    if fault.chance < 1:
        words.append(f"with a chance of {fault.chance:g} (seed {fault.seed})")
    if fault.includes_internal:
        words.append("inside as well")
    return ", ".join(words)


def _time(seconds_: float) -> str:
    return f"{seconds_ * 1000:g} ms" if seconds_ < 1 else f"{seconds_:g} s"


GROUP = Group(
    help="Let a local cloud misbehave",
    commands=(
        Command(name="add", help="Add a fault", arguments=_add_arguments, run=_add),
        Command(name="list", help="Show them", arguments=_list_arguments, run=_list),
        Command(name="clear", help="Take them away", arguments=_clear_arguments, run=_clear),
    ),
)
