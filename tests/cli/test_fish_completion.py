from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from budgetopt.cli import build_parser
from budgetopt.cli.arguments import COMMANDS


def test_every_command_and_option_is_offered(run: Callable[..., Any]) -> None:
    code, out, err = run("--print-completion", "fish")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    for module in COMMANDS:
        assert any(f" -n __fish_use_subcommand -a {module.NAME} -d '" in line for line in lines)
    solve = [line for line in lines if "'__fish_seen_subcommand_from solve'" in line]
    assert any(" -l report -r -F -d '" in line for line in solve)
    assert any(" -l format -r -f -a 'text json csv' -d '" in line for line in solve)
    assert any(line.endswith("'__fish_seen_subcommand_from solve' -F") for line in solve)
    assert any(" -l all -d '" in line for line in solve)
    assert not any("%(" in line or "%%" in line for line in lines)


def test_no_help_ends_its_quotes(run: Callable[..., Any]) -> None:
    for line in run("--print-completion", "fish").out.splitlines():
        assert line.replace("\\\\", "").replace("\\'", "").count("'") % 2 == 0


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes_a_command(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "budgetopt.fish"
    file.write_text(run("--print-completion", "fish").out, encoding="utf-8")
    script = f"source {file}; complete -C 'budgetopt sol'; complete -C 'budgetopt solve --rep'"
    done = subprocess.run(["fish", "-c", script], capture_output=True, text=True, check=True)
    assert "solve\t" in done.stdout
    assert "--report\t" in done.stdout
    assert build_parser().prog == "budgetopt"
