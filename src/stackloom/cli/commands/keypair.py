# SPDX-License-Identifier: Apache-2.0
"""``keypair``: the public keys that servers let in.

Nova generates none any more (from microversion 2.92 on), so a new pair is made here by
``ssh-keygen``, and its private half never leaves this machine.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import named
from stackloom.cli.identity import add_named, find_id
from stackloom.cli.kind_at_hand import checked, each_of, load_kind, plain
from stackloom.cli.kind_commands import list_command
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one
from stackloom.errors import NotFound, UnknownName, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.transport.client import Answer

_KIND = "compute.keypair"


def _create_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument(
        "--public-key", type=Path, metavar="FILE", help="its public half; otherwise one is made"
    )
    parser.add_argument(
        "--private-key",
        type=Path,
        metavar="FILE",
        help="where the private half of a new one is written; otherwise to stdout",
    )
    parser.add_argument("--type", choices=("ssh", "x509"), help="ssh is the default")
    add_named(parser, "user", "whose it is (administrators)")
    add_output_options(parser, SHOW_FORMATS)


def _create(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    options = invocation.options
    if options.public_key and options.private_key:
        raise UsageError("--private-key is for a new pair: leave --public-key out")
    private = ""
    if options.public_key:
        public = _read(options.public_key)
    else:
        if options.type == "x509":
            raise UsageError("a certificate cannot be made here: give --public-key")
        private, public = _new_pair(options.name)
        invocation.talk("the pair was made here, by ssh-keygen: Nova generates none any more")
    fields = {"name": options.name, "public_key": public, "type": options.type}
    given = {name: value for name, value in fields.items() if value is not None}

    async def work(cloud: Cloud) -> Any:
        from stackloom.cloud.verbs import create

        kind = load_kind(_KIND)
        user = await find_id(cloud, "identity.user", options.user, options.user_domain)
        body = {**given, "user_id": user} if user else given
        return await create(cloud, kind, checked(kind.new, body))

    if options.private_key:
        _write_private(options.private_key, private)
    try:
        made = ask_cloud(invocation, work)
    except BaseException:
        if options.private_key:
            options.private_key.unlink()
        raise
    if private and not options.private_key:
        invocation.data(private.rstrip("\n"))
    else:
        write_one(invocation, plain(made))
    return 0


def _read(file: Path) -> str:
    try:
        return file.expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise UsageError(f"--public-key: cannot read {file}: {error.strerror}") from error


def _write_private(file: Path, content: str) -> None:
    """Write a new file that only its owner may read.

    Raises:
        UsageError: it cannot be made, or is there already.
    """
    try:
        handle = os.open(file.expanduser(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"--private-key: cannot make {file}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(content)


def _new_pair(comment: str) -> tuple[str, str]:
    """Return a new pair: the private half, then the public one.

    Raises:
        UsageError: there is no ``ssh-keygen``.
    """
    import shutil
    import subprocess
    import tempfile

    program = shutil.which("ssh-keygen")
    if program is None:
        raise UsageError(
            "there is no ssh-keygen here to make a pair with, and Nova generates none any more",
            hint="install OpenSSH, or give --public-key",
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "key"
        words = [program, "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(file)]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
        return file.read_text(encoding="utf-8"), file.with_suffix(".pub").read_text("utf-8").strip()


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--public-key", action="store_true", help="only the key itself")
    add_named(parser, "user", "of this user (administrators)")
    add_output_options(parser, SHOW_FORMATS)


def _show(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> Any:
        from stackloom.cloud.verbs import decode_one

        answer = await _asked(cloud, invocation, "GET", invocation.options.name)
        return decode_one(load_kind(_KIND), answer)

    state = ask_cloud(invocation, work)
    if invocation.options.public_key:
        invocation.data(state.public_key)
    else:
        write_one(invocation, plain(state))
    return 0


def _delete_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="+")
    add_named(parser, "user", "of this user (administrators)")


def _delete(invocation: Invocation) -> int:
    async def one(cloud: Cloud, name: str) -> None:
        await _asked(cloud, invocation, "DELETE", name)

    return each_of(invocation, _KIND, invocation.options.name, one)


async def _asked(cloud: Cloud, invocation: Invocation, method: str, name: str) -> Answer:
    """Ask about one pair: of the user that is named, or the own one.

    Raises:
        UnknownName: there is none of that name.

    Source: nova/api/openstack/compute/schemas/keypairs.py, ``show_query_schema_v210``, 34.0.0.
    """
    from stackloom.cli.actions import ask

    kind, options = load_kind(_KIND), invocation.options
    user = await find_id(cloud, "identity.user", options.user, options.user_domain)
    path = kind.member_path(name) + (f"?user_id={user}" if user else "")
    try:
        return await ask(cloud, kind, method, path)
    except NotFound as error:
        raise UnknownName(
            f'keypair "{name}" is not there',
            hint="stackloom keypair list shows what is; of others: --user",
        ) from error


GROUP = Group(
    help="Key pairs: the public keys that servers let in",
    commands=(
        list_command(
            _KIND,
            (named("--user", "user_id", "identity.user", "of this user (administrators)"),),
        ),
        Command(name="show", help="Show one keypair", arguments=_show_arguments, run=_show),
        Command(
            name="create", help="Add or make a key pair", arguments=_create_arguments, run=_create
        ),
        Command(name="delete", help="Delete key pairs", arguments=_delete_arguments, run=_delete),
    ),
)
