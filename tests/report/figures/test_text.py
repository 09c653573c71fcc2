from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.report.figures.text import clean, in_encoding, label, one_line, one_lines, sentence


def test_what_a_page_or_a_workbook_cannot_hold_is_replaced() -> None:
    assert clean("a\x00b\x1b[31mc\x85d\ud800e\ufffef") == "a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf"
    assert clean("line\r\nline\ttab") == "line\nline\ttab"


def test_a_line_is_one_line() -> None:
    assert one_line("  a\n b\t c ") == "a b c"
    assert one_line(None) == "None"


@pytest.mark.parametrize("text", ["مكتبة", "שלום", "\u202eevil", "a\u202dz"])
def test_what_turns_the_line_is_kept_apart_from_it(text: str) -> None:
    assert one_line(text) == f"\u2068{text}\u2069"


@pytest.mark.parametrize("text", ["Söhne", "長い名前", "naïve café €5"])
def test_other_scripts_are_left_as_they_are(text: str) -> None:
    assert one_line(text) == text


def test_words_become_a_sentence() -> None:
    assert sentence("held up by its floor") == "Held up by its floor."
    assert sentence("Really?") == "Really?"
    assert sentence("") == ""
    assert sentence("éclair") == "Éclair."


def test_a_name_stands_for_its_key_and_a_key_for_no_name() -> None:
    assert label("households_housed") == "households housed"
    assert label("households_housed", "Households housed") == "Households housed"


def test_an_encoding_holds_what_it_can() -> None:
    assert in_encoding("“a” − é", "ascii") == "?a? ? ?"
    assert in_encoding("“a”", "cp1252") == "“a”"


@given(st.lists(st.text(max_size=6) | st.sampled_from(["a b", " a", "a ", "a  b", "a\nb", "", "\n"]), max_size=5))
def test_many_texts_are_each_on_one_line(texts: list[str]) -> None:
    assert one_lines(texts) == [one_line(text) for text in texts]


@given(st.text())
def test_every_text_can_be_written_and_stays_one_line(text: str) -> None:
    line = one_line(text)
    assert line.encode("utf-8").decode("utf-8") == line
    assert len(line.splitlines()) <= 1
