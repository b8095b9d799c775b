# SPDX-License-Identifier: Apache-2.0
"""What may stand next on a command line: words, options, and the names of what the cloud has.

A shell asks at each Tab, so only the groups that the words begin are imported, and what goes wrong
means that there is nothing to offer.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stackloom import plug
from stackloom.auth.settings import cloud_names
from stackloom.cli import commands
from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.options import OPTION_NAMES, CloudOptions, add_common_options, take_cloud_options
from stackloom.errors import StackloomError, UsageError

_MOST_NAMES = 1000
# Their positional arguments are names that are not there yet, or none at all.
_NEW = {"create", "list"}


class _Parser(ArgumentParser):
    """A command's parser that notes which kinds its arguments name; see ``fields.add_fields``."""

    def __init__(self) -> None:
        super().__init__(add_help=True, allow_abbrev=False)
        self.kind_by_destination: dict[str, str] = {}


def candidates(words: Sequence[str], invocation: Invocation) -> list[str]:
    """Return what the last of *words* may become, sorted; it may be empty."""
    *before, last = words or [""]
    try:
        offered = sorted(set(_offers(before, last, invocation)))
    except StackloomError:
        return []
    return [each for each in offered if each.startswith(last)]


def _offers(before: list[str], last: str, invocation: Invocation) -> Iterator[str]:
    if before and before[-1] == "--os-cloud":
        yield from cloud_names(invocation.environment)
        return
    if before and before[-1].startswith("--os-") and "=" not in before[-1]:
        return  # a value that only the person knows
    cloud_options, rest = take_cloud_options(before)
    found = _command(rest)
    if last.startswith("--os-"):
        yield from OPTION_NAMES
    elif found is None:
        yield from _next_words([word for word in rest if not word.startswith("-")])
    else:
        module, command, given = found
        yield from _arguments(module, command, given, last, _asking(invocation, cloud_options))


def _command(words: Sequence[str]) -> tuple[str, Command, list[str]] | None:
    """Return the noun's module, the command, and the words after its name; None for no command."""
    from stackloom.cli.finding import find

    places = [place for place, word in enumerate(words) if not word.startswith("-")]
    if not places:
        return None
    try:
        found = find([words[place] for place in places])
    except UsageError:
        return None
    if found.command is None:
        return None
    used = places[: found.words]
    rest = [word for place, word in enumerate(words) if place not in used]
    return found.module, found.command, rest


def _next_words(named: Sequence[str]) -> Iterator[str]:
    """Offer the words that nouns and verbs go on with."""
    for module in plug.module_names(commands):
        noun = module.split("_")
        if list(named[: len(noun)]) == noun:
            group = plug.read_one(commands, module, "GROUP", Group)
            verbs = [command.name.split() for command in group.commands]
            yield from _following(named[len(noun) :], verbs)
        else:
            yield from _following(named, [noun])


def _following(named: Sequence[str], names: Sequence[Sequence[str]]) -> Iterator[str]:
    for name in names:
        if len(name) > len(named) and list(name[: len(named)]) == list(named):
            yield name[len(named)]


def _arguments(
    module: str, command: Command, given: list[str], last: str, asking: Invocation
) -> Iterator[str]:
    parser = _Parser()
    command.arguments(parser)
    add_common_options(parser)
    option = _waiting(parser, given)
    if option is not None:
        yield from _values(option, parser.kind_by_destination.get(option.dest, ""), asking)
    elif last.startswith("-"):
        for action in parser._actions:
            yield from action.option_strings
    else:
        positional = _positional(parser, given)
        if positional is not None:
            kind = parser.kind_by_destination.get(positional.dest, "")
            if not kind and positional.dest == "name" and command.name not in _NEW:
                kind = _kind_of(module)
            yield from _values(positional, kind, asking)


def _waiting(parser: ArgumentParser, given: Sequence[str]) -> Action | None:
    """Return the option at the end that still wants its value."""
    action = parser._option_string_actions.get(given[-1]) if given else None
    return action if action is not None and action.nargs != 0 else None


def _positional(parser: ArgumentParser, given: Sequence[str]) -> Action | None:
    """Return the positional argument that comes next, the last one again where it repeats."""
    positionals = [each for each in parser._actions if not each.option_strings]
    done = 0
    before = ""
    for word in given:
        option = parser._option_string_actions.get(before)
        if not word.startswith("-") and (option is None or option.nargs == 0):
            done += 1
        before = word
    if done < len(positionals):
        return positionals[done]
    repeats = bool(positionals) and positionals[-1].nargs in {"+", "*"}
    return positionals[-1] if repeats else None


def _values(action: Action, kind_module: str, asking: Invocation) -> Iterator[str]:
    if action.choices:
        yield from map(str, action.choices)
    elif kind_module:
        yield from _names(kind_module, asking)


def _names(kind_module: str, asking: Invocation) -> list[str]:
    """Return the names of what the cloud has, ids for what has no name.

    Raises:
        StackloomError: it cannot be asked; a password that is missing is not asked for here.
    """
    from stackloom.auth.config import cloud_config
    from stackloom.cli.connection import ask_cloud, cloud_settings
    from stackloom.cli.kind_at_hand import load_kind
    from stackloom.cli.name_cache import NameCache
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.verbs import list_states

    config = cloud_config(cloud_settings(asking))
    cache = NameCache(asking.environment, config, kind_module)
    if (kept := cache.read()) is not None:
        return kept
    kind = load_kind(kind_module)

    async def work(cloud: Cloud) -> list[str]:
        names: list[str] = []
        async for state in list_states(cloud, kind):
            names.append((state.name if kind.has_name else "") or state.id)
            if len(names) >= _MOST_NAMES:
                break
        return names

    names: list[str] = ask_cloud(asking, work, config=config)
    cache.write(names)
    return names


def _kind_of(module: str) -> str:
    """Return the kind that a noun is about: ``network_trunk`` is ``network.trunk``."""
    folder = Path(plug.__file__).with_name("resources")
    words = module.split("_")
    for start in range(len(words)):
        for path in sorted(folder.glob(f"*/{'_'.join(words[start:])}.py")):
            return f"{path.parent.name}.{path.stem}"
    return ""


def _asking(invocation: Invocation, cloud_options: CloudOptions) -> Invocation:
    """Return the invocation with the cloud that the typed words name, and without talk."""
    import msgspec

    invocation.options.quiet = True
    return msgspec.structs.replace(invocation, cloud_options=cloud_options)


SCRIPTS: Mapping[str, str] = {
    "bash": """\
_stackloom() {
    local IFS=$'\\n' found
    found=($(stackloom complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    COMPREPLY=()
    local each
    for each in "${found[@]}"; do
        COMPREPLY+=("$(printf '%q' "$each")")
    done
}
complete -o default -F _stackloom stackloom
""",
    "zsh": """\
#compdef stackloom
_stackloom() {
    local -a found
    found=("${(@f)$(stackloom complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    compadd -- ${found:#}
}
compdef _stackloom stackloom
""",
    "fish": """\
complete -c stackloom -f -a '(stackloom complete -- (commandline -opc)[2..] (commandline -ct))'
""",
}
"""What each shell reads to ask ``stackloom complete`` at a Tab."""
