"""The man pages, made from the parser of the command line: one of budgetopt, and one of each command.

Only the standard library is needed, so that they can be made while the package is built (`tools/build_hook.py`).
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from docs_site.command_reference import commands, meaning_of, value_of

__all__ = ["man_pages"]

_CODE = re.compile(r"`([^`]+)`")


def man_pages(parser: argparse.ArgumentParser, version: str) -> dict[str, str]:
    """Return every page in roff, by the name of its file: ``budgetopt.1``, ``budgetopt-solve.1`` and so on."""
    inner = commands(parser)
    helps = _helps(parser)
    main = [
        *_head(parser, (parser.description or "").partition(",")[0], version),
        *_synopsis(parser),
        *_prose_section("DESCRIPTION", parser.description),
        *_section("COMMANDS", (_entry(_bold(f"{parser.prog} {name}"), helps[name]) for name in inner)),
        *_arguments(parser),
        *_prose_section("IN ALL COMMANDS", parser.epilog),
        *_see_also([f"{parser.prog}-{name}" for name in inner]),
    ]
    pages = {f"{parser.prog}.1": main}
    for name, command in inner.items():
        pages[f"{parser.prog}-{name}.1"] = [
            *_head(command, helps[name], version),
            *_synopsis(command),
            *_prose_section("DESCRIPTION", command.description),
            *_arguments(command),
            *_prose_section("EXAMPLES", command.epilog),
            *_see_also([parser.prog]),
        ]
    return {name: "\n".join(lines) + "\n" for name, lines in pages.items()}


def _helps(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Return what each command does, in a line."""
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {choice.dest: choice.help or "" for action in actions for choice in action._choices_actions}


def _head(parser: argparse.ArgumentParser, purpose: str, version: str) -> list[str]:
    name = parser.prog.replace(" ", "-")
    # no date: the same source makes the same page
    title = f'.TH "{_escaped(name.upper())}" 1 "" "{_escaped(f"budgetopt {version}")}" "budgetopt"'
    # words are not broken, so that paths and options can be copied
    return [title, ".nh", ".ad l", ".SH NAME", f"{_escaped(name)} \\- {_line(purpose[:1].lower() + purpose[1:])}"]


def _synopsis(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield ".SH SYNOPSIS"
    words = [_bold(parser.prog)]
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    words += [_names(action) for action in shown if action.option_strings and action.required]
    if any(action.option_strings and not action.required for action in shown):
        words.append("[OPTION]...")
    yield " ".join([*words, *(_positional(action) for action in shown if not action.option_strings)])


def _positional(action: argparse.Action) -> str:
    value = _italic("COMMAND" if isinstance(action, argparse._SubParsersAction) else value_of(action))
    return f"[{value}]" if action.nargs == "*" else value


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield a section for each group of arguments, under the group's title."""
    titles = {"positional arguments": "ARGUMENTS", "options": "OPTIONS"}
    for group in parser._action_groups:
        actions = [
            action
            for action in group._group_actions
            if not isinstance(action, argparse._SubParsersAction) and action.help != argparse.SUPPRESS
        ]
        if actions:
            title = titles.get(group.title or "", (group.title or "OPTIONS").upper())
            yield from _section(title, (_entry(_names(action), meaning_of(action)) for action in actions))


def _names(action: argparse.Action) -> str:
    value = value_of(action)
    if not action.option_strings:
        return _italic(value)
    return ", ".join(f"{_bold(name)}{f' {_italic(value)}' if value else ''}" for name in action.option_strings)


def _entry(term: str, text: str) -> list[str]:
    return [".TP", term, _line(text)]


def _section(title: str, entries: Iterator[list[str]]) -> Iterator[str]:
    yield f".SH {_escaped(title)}"
    for entry in entries:
        yield from entry


def _see_also(names: list[str]) -> list[str]:
    return [".SH SEE ALSO", ",\n".join(f"{_bold(name)}(1)" for name in names)]


def _prose_section(title: str, text: str | None) -> Iterator[str]:
    """Yield paragraphs; what is indented in them is shown as it stands."""
    if not (text or "").strip():
        return
    yield f".SH {_escaped(title)}"
    literal, parted = False, False
    for line in (text or "").strip().splitlines():
        indented = line.startswith("  ")
        if not line.strip():
            parted = True
            continue
        if literal and not indented:
            yield from (".EE", ".RE")
        if indented and not literal:
            yield from (".RS 2", ".EX")
        elif parted:
            yield "" if indented else ".PP"
        literal, parted = indented, False
        yield _line(line[2:] if indented else line)
    if literal:
        yield from (".EE", ".RE")


def _line(text: str) -> str:
    """Return a line of text, with what stands between backticks in bold; roff takes no command from it."""
    shown = _CODE.sub(lambda match: f"\0B{match[1]}\0R", text)
    escaped = _escaped(shown).replace("\0", "\\f")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _bold(text: str) -> str:
    return f"\\fB{_escaped(text)}\\fR"


def _italic(text: str) -> str:
    return f"\\fI{_escaped(text)}\\fR"


def _escaped(text: str) -> str:
    """Return text in which every character stands for itself, on terminals of any encoding."""
    plain = (
        text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("^", "\\(ha").replace("~", "\\(ti")
    )
    plain = plain.replace("`", "\\(ga")
    return "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in plain)
