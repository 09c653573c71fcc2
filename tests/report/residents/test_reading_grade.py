"""The page for residents is written for everybody: how hard it is to read is measured."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.report.pages import read
from tests.report.plans import plan_of, riverton
from tests.report.residents.reading_grade import (
    english_syllables,
    fernandez_huerta,
    flesch_kincaid,
    inflesz,
    spanish_syllables,
)
from tests.report.residents.towns import solved

from budgetopt import load, solve, synthetic
from budgetopt.allocation import Allocation
from budgetopt.report import residents_page

ROOT = Path(__file__).parents[3]
PROSE, ALL = ("p",), ("p", "li", "dd", "caption")
"""Whole sentences alone, and with lists, facts and captions; headings and tables are neither."""


@cache
def plan(name: str) -> Allocation:
    if name == "riverton":
        return plan_of(riverton())
    if name == "town":
        return solved()
    if name == "city":
        return solve(synthetic.city(12))
    return solve(load(ROOT / "scenarios" / name))


def prose(page: str, tags: tuple[str, ...]) -> str:
    """Return what a reader reads in some elements: no names of bars, no list of sources."""
    main = read(page).one("body")
    sections = [part for part in main.all("section") if part.attributes["id"] != "sources"]
    parts = [node.text() for section in sections for node in section.all(*tags)]
    bars = {node.text() for section in sections for figure in section.all("figure") for node in figure.all("li")}
    return "\n".join(text for text in parts if text not in bars)


@pytest.mark.parametrize("name", ["town", "riverton", "charlotte", "justice", "city"])
def test_english_is_at_the_level_of_grade_8_at_most(name: str) -> None:
    page = residents_page(plan(name), "en")
    grades = [flesch_kincaid(prose(page, tags)) for tags in (PROSE, ALL)]
    assert max(grades) <= 8, grades


@pytest.mark.parametrize("name", ["town", "riverton"])
def test_spanish_is_easy_to_read(name: str) -> None:
    page = residents_page(plan(name), "es")
    for tags in (PROSE, ALL):
        text = prose(page, tags)
        assert fernandez_huerta(text) >= 70
        assert inflesz(text) >= 65


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("budget", 2), ("money", 2), ("people", 2), ("at", 1), ("programs", 2), ("figures", 2), ("decided", 3),
     ("come", 1), ("comes", 1), ("asked", 1), ("changes", 2), ("the", 1),
     ("services", 3), ("library", 3), ("table", 2)],
)  # fmt: skip
def test_syllables_of_english(word: str, syllables: int) -> None:
    assert english_syllables(word) == syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("presupuesto", 4), ("dinero", 3), ("público", 3), ("ciudad", 2), ("vía", 2), ("que", 1), ("guía", 2),
     ("oficina", 4), ("audiencias", 3), ("hoy", 1), ("reserva", 3), ("distrito", 3), ("leer", 2)],
)  # fmt: skip
def test_syllables_of_spanish(word: str, syllables: int) -> None:
    assert spanish_syllables(word) == syllables


def test_a_hard_text_is_told_from_an_easy_one() -> None:
    easy = "The cat sat on the mat. It is a good cat."
    hard = "Notwithstanding considerable interdepartmental coordination, appropriations deteriorated significantly."
    assert flesch_kincaid(easy) < 2 < 12 < flesch_kincaid(hard)
    assert fernandez_huerta("El gato come. Hoy no hay pan.") > 90
