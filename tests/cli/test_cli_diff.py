import json

import budgetopt as bo
from budgetopt.cli import main


def two(tmp_path):
    wyndor = bo.load("scenarios/classics/wyndor")
    fund = next(iter(wyndor.funds))
    first = wyndor.to_folder(tmp_path / "first")
    second = wyndor.with_((f"funds.{fund}.revenue", "-10%")).to_folder(tmp_path / "second")
    return str(first), str(second)


def test_the_difference_is_said_in_words(tmp_path, capsys):
    assert main(["diff", *two(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("- the revenue of ")
    assert "(-10%)" in out


def test_solved_as_json(tmp_path, capsys):
    assert main(["diff", *two(tmp_path), "--solve", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["objective"][0] == 36
    assert len(document["values"]) == 1
    assert {row["name"] for row in document["moves"]} == {"doors", "windows"}


def test_solved_in_words(tmp_path, capsys):
    assert main(["diff", *two(tmp_path), "--solve"]) == 0
    assert "What is achieved, in weighted outcomes: falls from 36 to " in capsys.readouterr().out


def test_a_scenario_that_is_missing(tmp_path, capsys):
    first, _ = two(tmp_path)
    assert main(["diff", first, str(tmp_path / "nothing")]) == 2
    assert "nothing" in capsys.readouterr().err
