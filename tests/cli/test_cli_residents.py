"""`solve --audience residents`: the page, its language, and what is refused before anything is solved."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.report.residents.towns import town

from budgetopt.cli import main
from budgetopt.reading.yaml_text import to_yaml


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "town.yaml"
    path.write_text(to_yaml(town()), encoding="utf-8")
    return path


def test_the_page_is_written_in_the_language_that_is_asked_for(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", str(scenario), "--report", "a.html", "--audience", "residents"]) == 0
    assert main(["solve", str(scenario), "--report", "b.htm", "--audience", "residents", "--language", "es"]) == 0
    assert "wrote a.html" in capsys.readouterr().err
    assert '<html lang="en-US">' in Path("a.html").read_text(encoding="utf-8")
    assert '<html lang="es-US">' in Path("b.htm").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--report", "a.html", "--language", "es"], "only the page for residents is written in several languages"),
        (["--report", "a.html", "--audience", "residents", "--language", "fr"], "there is no language 'fr'"),
        (["--report", "a.xlsx", "--audience", "residents"], "does not end in .html"),
        (["--audience", "residents"], "none is written"),
        (["--report", "a.html", "--audience", "residents", "--with", "compare"], "shows no further analyses"),
        (["--report", "a.html", "--audience", "everybody"], "invalid choice: 'everybody'"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(
    scenario: Path,
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("budgetopt.cli.solve_command.solved_or_why_not", lambda *_, **__: pytest.fail("it was solved"))
    assert main(["solve", str(scenario), *options]) == 2
    assert message in capsys.readouterr().err
    assert not Path("a.html").exists()


def test_a_page_that_says_nothing_of_how_to_comment_is_remarked_on(
    scenario: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = town()
    del document["residents"]
    scenario.write_text(to_yaml(document), encoding="utf-8")
    assert main(["solve", str(scenario), "--report", "a.html", "--audience", "residents"]) == 0
    assert "does not say how residents can comment" in capsys.readouterr().err


def test_a_watch_writes_the_page_too(scenario: Path) -> None:
    arguments = ["watch", str(scenario), "--report", "a.html", "--audience", "residents", "--times", "1"]
    assert main(arguments) == 0
    assert "A page for residents" in Path("a.html").read_text(encoding="utf-8")
