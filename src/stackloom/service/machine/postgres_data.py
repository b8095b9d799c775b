# SPDX-License-Identifier: Apache-2.0
"""The data of a PostgreSQL of our own: made once, of one version, never as root.

PostgreSQL refuses to run as root, and initdb as a user without a name. There both run in a user
namespace in which our files belong to somebody else: no account is made, and nothing changes its
owner.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shlex
import shutil
import subprocess
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stackloom.errors import NotServed
from stackloom.service.machine.binaries import Programs, programs_of
from stackloom.service.machine.child import dying_with_parent

USER = "stackloom"
DATABASE = "stackloom"
_NO_ONE = 65534
_UNSHARED = ("unshare", "--user", f"--map-user={_NO_ONE}", f"--map-group={_NO_ONE}")
_INITDB = (f"--username={USER}", "--auth=trust", "--locale=C", "--encoding=UTF8")
_INITDB_SECONDS = 120
# From 18 on initdb makes checksums of its own accord, and pg_upgrade wants both to be alike.
_FIRST_WITH_CHECKSUMS = 18


def prefix_of_programs(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what stands before each of PostgreSQL's programs: nothing for ordinary users.

    Raises:
        NotServed: we are none, and this machine lets us make no user namespace.
    """
    user = os.geteuid()
    if user != 0 and _has_name(user):
        return ()
    why = "there is no command unshare"
    if found := shutil.which(_UNSHARED[0], path=environment.get("PATH")):
        command = [found, *_UNSHARED[1:], "true"]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
        if tried.returncode == 0:
            return (found, *_UNSHARED[1:])
        why = tried.stderr.strip() or f"unshare ended with code {tried.returncode}"
    raise NotServed(
        f"PostgreSQL does not run as {'root' if user == 0 else f'user {user}, who has no name'}, "
        f"and no user namespace can be made here: {why}",
        hint="run this as another user, or name a PostgreSQL with --database",
    )


def _has_name(user: int) -> bool:
    """Tell whether a user has a name; many containers run as users that have none."""
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresData:
    """The data in one folder.

    Attributes:
        programs: that work on it.
        prefix: stands before each of them.
        environment: they get.
        is_lasting: whether it has to survive a loss of power; tests do without.
    """

    programs: Programs
    folder: Path
    prefix: Sequence[str]
    environment: Mapping[str, str]
    is_lasting: bool = True

    async def prepare(self) -> None:
        """Make the data where there is none, and check that it is of the programs' version.

        Raises:
            NotServed: it cannot be made, or is of another version.
        """
        if not (self.folder / "PG_VERSION").exists():
            await self._make()
        major = int((self.folder / "PG_VERSION").read_text().strip().partition(".")[0])
        if major != self.programs.major:
            raise self._of_another_version(major)

    async def _make(self) -> None:
        """Make it beside its place, and move it there: what is at its place is whole."""
        new = self.folder.with_name(f"{self.folder.name}.new")
        if new.exists():
            shutil.rmtree(new)  # of one that was killed
        syncing = () if self.is_lasting else ("--no-sync",)
        await self._run("initdb", [f"--pgdata={new}", *_INITDB, *syncing])
        making = f'create database "{DATABASE}"\n'
        await self._run("postgres", ["--single", "-D", str(new), "postgres"], making)
        new.rename(self.folder)

    async def _run(self, program: str, arguments: Sequence[str], words: str = "") -> None:
        command = [*self.prefix, self.programs.path(program), *arguments]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            env=dict(self.environment),
            # One that goes on after us would meet that of the next start in its folder.
            preexec_fn=dying_with_parent(),
        )
        try:
            async with asyncio.timeout(_INITDB_SECONDS):
                said, _ = await process.communicate(words.encode())
        except TimeoutError:
            raise NotServed(f"{program} was not done after {_INITDB_SECONDS} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise NotServed(
                f"{program} ended with code {process.returncode}: {said.decode().strip()}",
                hint="--database names a PostgreSQL that is there already",
            )

    def _of_another_version(self, major: int) -> NotServed:
        """Return the error that tells how the data is moved to the programs' version."""
        told = f"the data in {self.folder} is of PostgreSQL {major}, the programs are of "
        told += str(self.programs.major)
        if major > self.programs.major:
            return NotServed(told, hint=f"[database] programs names a folder with {major}'s")
        before = programs_of(major, self.environment)
        old = str(before.folder) if before else f"FOLDER-OF-{major}"
        return NotServed(
            told, hint="\n".join(["move it, then start again:", *self._moving(old, major)])
        )

    def _moving(self, old: str, major: int) -> list[str]:
        new = self.folder.with_name(f"data-{self.programs.major}")
        checksums = self.programs.major >= _FIRST_WITH_CHECKSUMS
        without = ["--no-data-checksums"] if checksums else []
        initdb = [self.programs.path("initdb"), f"--pgdata={new}", *_INITDB, *without]
        folders = ["-b", old, "-B", str(self.programs.folder), "-d", str(self.folder)]
        upgrade = [self.programs.path("pg_upgrade"), *folders, "-D", str(new), "-U", USER]
        kept = self.folder.with_name(f"data-{major}")
        return [
            shlex.join([*self.prefix, *initdb]),
            f"cd {shlex.quote(str(self.folder.parent))}",
            shlex.join([*self.prefix, *upgrade]),
            shlex.join(["mv", str(self.folder), str(kept)]),
            shlex.join(["mv", str(new), str(self.folder)]),
        ]
