"""Run the examples of a page, in order, as a reader would who types them one after another into an empty folder.

- ``python`` blocks share one namespace; those with ``>>>`` are compared with the output that they show.
- ``console`` blocks hold commands after ``$`` and what they print; a command that fails shows ``(exit code N)`` last.
- Blocks with a ``title`` are files: they are written into the folder before the next block runs.
- Other ``yaml`` blocks are parts of a scenario and are checked by its models; ``json`` blocks must be JSON.
- ``sh`` blocks set up an environment; they may only hold the commands that the rest of continuous integration runs.

Three dots stand for anything, in output that differs from run to run or goes on for long.
"""

from __future__ import annotations

import doctest
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"python", "console", "yaml", "json", "csv", "sh", "text"}
SET_UP = {"make", "pip", "python3", "git", "cd", "source", "#", "eval", "apt-get", "jupyter", "jupytext"}
TERMINAL = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'title="(?P<title>[^"]+)"')


class MismatchError(AssertionError):
    """An example does not do what the page shows."""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    title: str
    body: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def pages() -> list[Path]:
    """Return every page that has examples, or may get some."""
    front = [ROOT / name for name in ("README.md", "CONTRIBUTING.md") if (ROOT / name).exists()]
    return front + sorted((ROOT / "docs").rglob("*.md"))


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        title = _TITLE.search(rest)
        indent = len(match["indent"])
        body = "".join(line[indent:] if line.strip() else line for line in match["body"].splitlines(keepends=True))
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, language, title["title"] if title else "", body))
    return found


def run(page: Path, folder: Path) -> int:
    """Run the examples of a page in a folder, and return how many there were.

    Raises
    ------
    MismatchError
        At the first example that does not do what the page shows.
    """
    __tracebackhide__ = True
    if (ROOT / "scenarios").exists():
        shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found = blocks(page)
    for block in found:
        if block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif block.language == "python":
            _python(block, namespace)
        elif block.language == "console":
            _console(block, folder)
        elif block.language == "yaml":
            _yaml(block)
        elif block.language == "json":
            json.loads(block.body)
    return len(found)


def _python(block: Block, namespace: dict[str, Any]) -> None:
    __tracebackhide__ = True
    if ">>>" not in block.body:
        code = compile("\n" * block.line + block.body, str(block.page), "exec")
        exec(code, namespace)
        return
    test = doctest.DocTestParser().get_doctest(block.body, namespace, block.place, str(block.page), block.line)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failed = runner.run(test, out=report.append, clear_globs=False).failed
    namespace.update(test.globs)
    if failed:
        raise MismatchError(f"{block.place}\n{''.join(report)}")


def _console(block: Block, folder: Path) -> None:
    __tracebackhide__ = True
    for command, shown in commands(block):
        actual = _shell(command, folder)
        if not agrees(shown, actual):
            raise MismatchError(f"{block.place}\n$ {command}\n--- the page shows\n{shown}\n--- it prints\n{actual}")


def commands(block: Block) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with the output shown below it."""
    found: list[tuple[str, list[str]]] = []
    goes_on = False
    for line in block.body.splitlines():
        if goes_on:
            command, shown = found[-1]
            found[-1] = (f"{command}\n{line}", shown)
            goes_on = line.endswith("\\")
        elif line.startswith("$ "):
            found.append((line[2:], []))
            goes_on = line.endswith("\\")
        elif found:
            found[-1][1].append(line)
        else:
            raise MismatchError(f"{block.place}: a console block begins with a command after `$ `")
    return [(command, "\n".join(shown)) for command, shown in found]


def _shell(command: str, folder: Path) -> str:
    arguments = _plain(command)
    if arguments is not None:
        return _in_this_process(arguments)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "PYTHONPATH")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        **TERMINAL,
    }
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    return _printed(done.stdout, done.stderr, done.returncode)


def _plain(command: str) -> list[str] | None:
    """Return the arguments of a call of budgetopt that leaves nothing to a shell; None for all other commands."""
    words = list(shlex.shlex(command.replace("\\\n", " "), posix=True, punctuation_chars=True))
    arguments = shlex.split(command.replace("\\\n", " "))
    shell = any(set(word) <= set("();<>|&") for word in words) or "$" in command or "`" in command
    return arguments[3:] if arguments[:3] == ["python", "-m", "budgetopt"] and not shell else None


def _in_this_process(arguments: list[str]) -> str:
    """Run a command without the second that a new process would take to import everything anew."""
    from budgetopt.cli import main

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name, value in TERMINAL.items():
            patch.setenv(name, value)
        code = main(arguments)
    return _printed(out.getvalue(), err.getvalue(), code)


def _printed(out: str, err: str, code: int) -> str:
    # what a terminal shows last: messages come after the data
    text = "\n".join(part for part in (out.rstrip("\n"), err.rstrip("\n")) if part)
    return text + (f"\n(exit code {code})" if code else "")


def agrees(shown: str, actual: str) -> bool:
    """Return whether a command printed what is shown: three dots stand for anything, and the width of gaps is free."""
    wanted, got = ("\n".join(" ".join(line.split()) for line in text.strip().splitlines()) for text in (shown, actual))
    failed = re.search(r"^\(exit code \d+\)$", got, re.MULTILINE)
    if failed is not None and not wanted.endswith(failed[0]):
        return False  # three dots hide no failure
    pattern = ".*?".join(re.escape(part) for part in wanted.split("..."))
    return re.fullmatch(pattern, got, re.DOTALL) is not None


def _yaml(block: Block) -> None:
    from ruamel.yaml import YAML

    from budgetopt.scenario.model import Document

    tree = YAML(typ="safe").load(block.body)
    if isinstance(tree, list):
        tree = {"rules": tree}
    unknown = set(tree) - set(Document.model_fields)
    if unknown:
        raise MismatchError(f"{block.place}: no part of a scenario is called {', '.join(sorted(unknown))}")
    Document.model_validate(tree)
