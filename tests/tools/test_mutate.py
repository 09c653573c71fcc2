"""The mutation tester finds what no test notices, and makes no mutants of what says nothing about behaviour."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from mutants import code_of, mutants

TOOL = Path(__file__).parents[2] / "tools" / "mutate.py"

TOY = '''
def grade(score: int) -> str:
    """Say whether a score passes."""
    if score < 50:
        return "fails"
    return "passes"


def half(amount: float) -> float:
    return amount / 2
'''

TESTS = """
import toy


def test_grade():
    assert toy.grade(10) == "fails"
    assert toy.grade(90) == "passes"


def test_half():
    assert toy.half(8) == 4
"""


def found(source: str) -> list[str]:
    return [mutant.text for mutant in mutants(ast.parse(source), source)]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("return a < b", ["return a < b -> return None", "a < b -> a >= b", "a < b -> a <= b"]),
        ("return a == b", ["return a == b -> return None", "a == b -> a != b"]),
        # of a comparison with a tolerance the border means nothing
        ("if a < 1e-9: x()", ["a < 1e-09 -> a >= 1e-09", "x() -> pass"]),
        ("if a < LEAST: x()", ["a < LEAST -> a >= LEAST", "x() -> pass"]),
        ("x = a + b", ["a + b -> a - b"]),
        ("if spent < plan.half_a_cent: x()", ["spent < plan.half_a_cent -> spent >= plan.half_a_cent", "x() -> pass"]),
        ("if side > 0: x()", ["side > 0 -> side <= 0", "0 -> 1", "x() -> pass"]),
        ("x = a * 1e-4 + (1 + 1e-12)", ["1 -> 0"]),
        ("x = 'a' + b", []),
        # what is 1 or -1 may as well divide
        ("x = a * stage.sign", []),
        ("x = a / sign", []),
        ("x = sign * a", ["sign * a -> sign / a"]),
        # what makes no difference
        ("x = a + 0.0", ["0.0 -> 1.0"]),
        ("x = 0 + a", ["0 + a -> 0 - a", "0 -> 1"]),
        ("return False", ["return False -> return None", "False -> True"]),
        ("return True", ["return True -> return None", "True -> False"]),
        ("return 0.0", ["return 0.0 -> return None", "0.0 -> 1.0"]),
        ("return 1.0", ["return 1.0 -> return None", "1.0 -> 0.0"]),
        ("x = f'{a + b:.2f}'", []),
        ("assert a < b, 'no'", []),
        ("x: list[1] = a", []),
        ("raise ValueError(a + b)", ["raise ValueError(a + b) -> pass"]),
        ("x = min(a, key=b)", ["min(a, key=b) -> min(a)", "min -> max"]),
        ("x = np.argmin(a, axis=1)", ["np.argmin(a, axis=1) -> np.argmin(a)", "np.argmin -> np.argmax", "1 -> 0"]),
        ("x = not a and True", ["not a and True -> not a or True", "not a -> a", "True -> False"]),
        ("x = a if b else c", ["a if b else c -> c if b else a"]),
        ("while a: break", ["while a: break -> while not a: break", "break -> pass"]),
        ("x = [y for y in a if b]", [" for y in a if b -> for y in a"]),
        ("a[0] = b", ["a[0] = b -> pass", "0 -> 1"]),
        ("a += -2", ["a += -2 -> pass", "-2 -> 2", "2 -> 3"]),
        ("x = a < b  # no mutant: nobody can tell", []),
    ],
)
def test_what_may_change(body: str, texts: list[str]) -> None:
    lines = [" ".join(text.split()) for text in found(f"def f(a, b=1 + 2):\n    '''Say 1 < 2.'''\n    {body}\n")]
    assert lines == [" ".join(text.split()) for text in texts]


def test_a_jump_is_tried_by_the_tests_that_run_what_decides_on_it() -> None:
    source = "def f(a):\n    for b in a:\n        if b:\n            continue\n        b()\n"
    lines = {mutant.text: mutant.lines for mutant in mutants(ast.parse(source), source)}
    assert lines["continue  ->  pass"] == (3, 3)
    assert lines["b()  ->  pass"] == (5, 5)


def test_none_is_as_untrue_as_false() -> None:
    assert found("def f() -> bool:\n    return False\n") == ["False  ->  True"]
    assert len(found("def f() -> bool | None:\n    return False\n")) == 2


def test_while_a_mutant_is_yielded_the_tree_is_changed_and_afterwards_it_is_as_before() -> None:
    source = "class A:\n    def f(self, a):\n        return a + 2\n"
    tree = ast.parse(source)
    results = []
    for mutant in mutants(tree, source):
        names: dict[str, object] = {}
        exec(compile(source, "toy", "exec"), names)
        thing = names["A"]
        thing.f.__code__ = code_of(tree, "toy", mutant.function)  # type: ignore[attr-defined]
        results.append(thing().f(5))  # type: ignore[operator]
    assert results == [None, 3, 8]
    assert ast.unparse(tree) == ast.unparse(ast.parse(source))


def test_a_mutant_that_no_test_notices_survives(tmp_path: Path) -> None:
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "test_toy.py").write_text(TESTS)

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(TOOL), "toy.py", "--tests", str(tmp_path), "--all", *options]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": str(tmp_path)})

    done = run()
    survived = [line.split(": ", 1)[1] for line in done.stdout.splitlines() if line.startswith("survived")]
    # nobody tries a score of exactly 50
    assert survived == ["50  ->  51", "score < 50  ->  score <= 50"], done.stderr
    assert done.stdout.splitlines()[-1] == "6 of 8 mutants noticed: 75.0%"
    assert done.returncode == 1
    assert run("--least", "0.7").returncode == 0
