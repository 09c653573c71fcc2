"""Tables as a notebook shows them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from budgetopt.analysis.html_table import html_table

TABLE = pd.DataFrame({"value": [1234567.0, 0.123456789, np.nan]}, index=pd.Index(["a", "b", "c"], name="what"))


def cells(html: str) -> list[str]:
    return re.findall(r"<t[dh]>(.*?)</t[dh]>", html)


def test_numbers_have_six_digits_and_what_is_not_known_is_left_out() -> None:
    html = html_table(TABLE)
    assert cells(html) == ["value", "1.23457e+06", "0.123457", ""]
    assert "border" not in html
    assert cells(html_table(TABLE, index=True))[-6:] == ["a", "1.23457e+06", "b", "0.123457", "c", ""]


def test_of_a_long_table_the_first_and_the_last_rows_are_shown() -> None:
    numbers = pd.DataFrame({"number": np.arange(1000, 1021)})
    assert cells(html_table(numbers[:20])) == ["number", *map(str, range(1000, 1020))]
    assert cells(html_table(numbers)) == [
        "number", *map(str, range(1000, 1010)), "...", *map(str, range(1011, 1021)),
    ]  # fmt: skip
