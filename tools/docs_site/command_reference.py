"""The reference of the command line, made from its parser."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from budgetopt.cli import build_parser

__all__ = ["command_reference", "commands", "meaning_of", "page_of", "value_of"]


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands of a parser by their names, in its order."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def command_reference() -> str:
    """Return the reference in Markdown: the whole command line, then a section for each command."""
    return page_of(build_parser())


def page_of(parser: argparse.ArgumentParser) -> str:
    """Return the reference of any parser and its commands."""
    parts = [_options(parser)]
    for name, command in commands(parser).items():
        parts += [f"## {name}", _prose(command.description), _usage(command), _options(command), _prose(command.epilog)]
    if parser.epilog:
        parts += ["## In all commands", f"```text\n{parser.epilog.strip()}\n```"]
    return "\n\n".join(part for part in parts if part)


def _usage(parser: argparse.ArgumentParser) -> str:
    # argparse breaks long usages to the width of the terminal; here an option stays on one line with its value
    words = re.findall(r"\[[^]]*\]|\S+", parser.format_usage().removeprefix("usage: "))
    lines = [""]
    for word in (" ".join(word.split()) for word in words):
        if len(lines[-1]) + len(word) > 100:
            lines.append("   ")
        lines[-1] += f" {word}" if lines[-1] else word
    return "```text\n" + "\n".join(lines) + "\n```"


def _options(parser: argparse.ArgumentParser) -> str:
    rows = list(_rows(parser))
    return "\n".join(["| Argument | Meaning |", "| --- | --- |", *rows]) if rows else ""


def _rows(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction | argparse._HelpAction) or action.help == argparse.SUPPRESS:
            continue
        value = value_of(action)
        names = [f"`{name}{f' {value}' if value else ''}`" for name in action.option_strings] or [f"`{value}`"]
        yield f"| {', '.join(names)} | {meaning_of(action)} |".replace("\\", "\\\\")


def meaning_of(action: argparse.Action) -> str:
    """Return the help text of an argument on one line, with its default filled in."""
    text = (action.help or "").replace("%%", "%").replace("%(default)s", str(action.default))
    return " ".join(text.split())


def value_of(action: argparse.Action) -> str:
    """Return the word that stands for an argument's value, with dots if there may be several."""
    if action.nargs == 0:
        return ""
    word = action.metavar if isinstance(action.metavar, str) else ""
    if not word and action.choices is not None:
        word = "{" + ",".join(map(str, action.choices)) + "}"
    word = word or action.dest.upper()
    return f"{word}..." if action.nargs in ("*", "+") else f"[{word}]" if action.nargs == "?" else word


def _prose(text: str | None) -> str:
    """Return a help text as Markdown: what is indented in it is shown as it stands."""
    out: list[str] = []
    fenced = False
    for line in (text or "").strip().splitlines():
        indented = line.startswith("  ")
        if indented and not fenced:
            out += ["", "```text"]
        elif fenced and line and not indented:
            out += ["```", ""]
        fenced = indented or (fenced and not line)
        out.append(line)
    if fenced:
        out.append("```")
    return "\n".join(out)
