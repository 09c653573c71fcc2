"""What fish needs to complete commands, options and file names, made from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

__all__ = ["fish_completion"]


def fish_completion(parser: argparse.ArgumentParser) -> str:
    """Return the completion of a program for the fish shell; ``source`` it, or keep it where fish looks.

    An action whose attribute ``complete`` is set takes a file or a folder, as for shtab; its choices are offered.
    """
    program = parser.prog
    lines = [f"# completion of {program} for fish", f"complete -c {program} -f"]
    lines += (f"complete -c {program} -n __fish_use_subcommand {words}" for words in _options(parser))
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for name, command in action.choices.items():
                lines.append(
                    f"complete -c {program} -n __fish_use_subcommand -a {name} -d {_quoted(helps[name] or '')}"
                )
                seen = f"'__fish_seen_subcommand_from {name}'"
                lines += (f"complete -c {program} -n {seen} {words}" for words in _options(command))
    return "\n".join(lines) + "\n"


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the words about each option of a parser, and about its other arguments."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        files = ["-F"] if hasattr(action, "complete") else []
        choices = ["-a", _quoted(" ".join(map(str, action.choices)))] if action.choices else []
        if not action.option_strings:
            if files or choices:
                yield " ".join([*files, *choices])
            continue
        names = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in action.option_strings]
        takes = [] if action.nargs == 0 else ["-r", *(files or ["-f"])]
        words = (action.help or "") % {**vars(action), "prog": parser.prog} if action.help else ""
        yield " ".join([*names, *takes, *choices, "-d", _quoted(words)])


def _quoted(text: str) -> str:
    """Return a text as one word of fish."""
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
