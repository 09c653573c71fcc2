"""Responses fitted to simulated points: the truth is known, and recovered within its standard error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("statsmodels")

import budgetopt as bo
from budgetopt.checks import notes
from budgetopt.errors import OptionError, ScenarioError
from budgetopt.fitting.response_forms import FORMS, concave_pieces, form_of_pieces

M = 1_000_000
Response = Callable[[np.ndarray], np.ndarray]
TRUE: dict[str, Response] = {
    "proportional": lambda x: 0.2 * x,
    "line": lambda x: 300_000 + 0.1 * x,
    "logarithm": lambda x: 900_000 + 300_000 * np.log(x / 4e6),
    "elasticity": lambda x: 800_000 * (x / 4e6) ** 0.6,
    "saturation": lambda x: 1_000_000 * -np.expm1(-x / 3e6),
    "concave": lambda x: 100_000 + 0.25 * np.minimum(x, 3.5e6) + 0.02 * x,
}
SLOPE = {
    "proportional": lambda _: 0.2,
    "line": lambda _: 0.1,
    "logarithm": lambda x: 300_000 / x,
    "elasticity": lambda x: 800_000 * 0.6 / 4e6 * (x / 4e6) ** -0.4,
    "saturation": lambda x: np.exp(-x / 3e6) / 3,
}
"""What a dollar more brings."""


def simulated(response: Response, seed: int, n: int = 14, sd: float = 20_000, related: float = 0.0) -> pd.DataFrame:
    """Return a program's years; errors go on from year to year by ``related``."""
    rng = np.random.default_rng(seed)
    spending = rng.uniform(1.5e6, 6.5e6, n)
    error = rng.normal(0, sd, n)
    for at in range(1, n):
        error[at] = related * error[at - 1] + np.sqrt(1 - related**2) * error[at]
    frame = {"program": "library", "year": range(2011, 2011 + n), "spending": spending}
    return pd.DataFrame({**frame, "visits": response(spending) + error})


def one(frame: Any, **options: Any) -> bo.FittedResponse:
    (found,) = bo.fit(frame, **{"result": "visits", **options}).responses
    return found


@pytest.mark.parametrize("form", list(TRUE))
def test_exact_points_are_fitted_exactly(form: str) -> None:
    found = one(simulated(TRUE[form], 3, n=30, sd=0.0))
    assert found.refused == ""
    at = np.linspace(2e6, 6e6, 50)
    # knots of the concave form stand at points that were seen
    exact = 0.02 if form == "concave" else 1e-5
    assert found.result_at(at) == pytest.approx(TRUE[form](at), rel=exact)
    assert found.form == form


@pytest.mark.parametrize("form", list(SLOPE))
def test_the_truth_lies_within_the_standard_errors(form: str) -> None:
    """Of 60 intervals of 95% about 3 miss the true slope, and hardly ever more than 7."""
    missed = 0
    for seed in range(60):
        found = one(simulated(TRUE[form], seed, n=10), form=form)
        slope = SLOPE[form](found.spending_mean)
        missed += abs(found.margin - slope) > 1.96 * found.range_error * found.margin
    assert missed <= 7


def test_errors_that_go_on_while_spending_rises_widen_the_standard_errors() -> None:
    missed = by_ordinary = 0
    for seed in range(40):
        frame = simulated(lambda x: 0 * x, seed, n=24, related=0.6)
        x = frame["spending"].sort_values().to_numpy()
        y = frame["visits"].to_numpy() + TRUE["line"](x)
        found = one(frame.assign(spending=x, visits=y), form="line")
        missed += abs(found.margin - 0.1) > 1.96 * found.range_error * found.margin
        slope, start = np.polyfit(x, y, 1)
        spread = np.sqrt(((y - start - slope * x) ** 2).sum() / 22 / ((x - x.mean()) ** 2).sum())
        by_ordinary += abs(slope - 0.1) > 2.07 * spread
    # with so much memory 24 years are worth about six, which no method makes good
    assert missed <= 12
    assert by_ordinary > missed


def test_the_derivatives_are_those_of_the_values() -> None:
    u, step = np.array([0.3, 0.9, 1.0, 1.7]), 1e-6
    forms = [(form, np.array([1.3, 0.7])[: len(form.slopes(u, np.array([1.3, 0.7]))[0])]) for form in FORMS.values()]
    forms.append((form_of_pieces(concave_pieces(u), 0.3, 1.7), np.array([0.2, 0.4, 0.1, 0.3])))
    for form, parameters in forms:
        for at in range(len(parameters)):
            moved = parameters.copy()
            moved[at] += step
            by = (form.value(u, moved) - form.value(u, parameters)) / step
            assert form.slopes(u, parameters)[:, at] == pytest.approx(by, abs=1e-5)
            margin = (form.marginal(moved)[0] - form.marginal(parameters)[0]) / step
            assert form.marginal(parameters)[1][at] == pytest.approx(margin, abs=1e-5)
        if form.name not in ("concave",):
            ends = form.value(np.array([1.0 + step, 1.0]), parameters)
            assert form.marginal(parameters)[0] == pytest.approx((ends[0] - ends[1]) / step, rel=1e-4)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (simulated(TRUE["line"], 1, n=5), "5 points, and 6 are needed: 1 more year or district"),
        (simulated(TRUE["line"], 1, n=1), "1 point, and 6 are needed: 5 more years or districts"),
        (simulated(TRUE["line"], 1).assign(spending=4e6), "spending is always the same"),
        (simulated(TRUE["line"], 1).assign(spending=[4e6, 5e6] * 7), "spending has only 2 levels"),
        (simulated(TRUE["line"], 1).assign(spending=np.linspace(4e6, 4.05e6, 14)),
         "spending varies by 0.39% of its mean"),
        (simulated(TRUE["line"], 1).assign(visits=5.0), "the result is always the same"),
        (simulated(TRUE["line"], 1).assign(spending=0.0), "nothing was ever spent"),
        (simulated(lambda x: 900_000 - 0.1 * x, 1), "the result falls as spending rises"),
        (simulated(lambda x: 500_000 + 0.001 * x, 3, sd=200_000), "told from nothing: its standard error is"),
    ],
)  # fmt: skip
def test_what_the_points_do_not_tell_is_refused_with_the_reason(frame: pd.DataFrame, reason: str) -> None:
    found = bo.fit(frame, result="visits")
    (refused,) = found.refused
    assert reason in refused.refused
    assert found.fitted == ()
    assert len(found.evidence) == 0


def test_a_response_that_speeds_up_is_made_straight_and_says_so() -> None:
    found = one(simulated(lambda x: 800_000 * (x / 4e6) ** 2, 1))
    assert found.form == "proportional"
    assert "each further dollar brings more" in found.notes[0]


def test_money_that_rises_with_the_years_is_told() -> None:
    frame = simulated(TRUE["line"], 1)
    spending = np.linspace(2e6, 6e6, 14)
    found = one(frame.assign(spending=spending, visits=TRUE["line"](spending) + np.tile([3e3, -3e3], 7)))
    assert any("rises with the years nearly in a line (correlation 1.00)" in note for note in found.notes)


def test_what_spending_lowers_is_fitted_upside_down(tmp_path: Path) -> None:
    frame = simulated(lambda x: 900 - 200 * np.log(x / 4e6), 2, sd=5).rename(columns={"visits": "injuries"})
    found = one(frame, result="injuries", decrease=["injuries"])
    assert found.form == "logarithm"
    assert found.margin == pytest.approx(-200 / found.spending_mean, rel=0.1)
    fits = bo.fit(frame, result="injuries", decrease=["injuries"])
    plan = loaded(fits, tmp_path, "{injuries: {unit: injuries, weight: 9, direction: decrease}}")
    assert not bo.formulate(plan.scenario).linear_program.is_integer
    assert plan.outcomes.level["injuries"] == pytest.approx(900, rel=0.03)
    with pytest.raises(OptionError, match="has no outcome 'crimes'"):
        bo.fit(frame, result="injuries", decrease=["crimes"])


def loaded(fits: bo.Fits, folder: Path, outcomes: str = "{visits: {unit: visits, weight: 1}}") -> bo.Allocation:
    """Return the plan that gives a library 4 million, with the rows of a fit."""
    (folder / "evidence.csv").write_text(fits.to_csv(), encoding="utf-8")
    (folder / "scenario.yaml").write_text(
        f"format: budgetopt/1\nfunds: {{general: {{revenue: 4M}}}}\noutcomes: {outcomes}\n"
        "tables: {evidence: evidence.csv}\n"
        f"programs: {{library: {{baseline: {spent_last(fits)}, spending: {{at_least: 4M}}}}}}\n",
        encoding="utf-8",
    )
    return bo.solve(bo.load(folder))


def spent_last(fits: bo.Fits) -> float:
    return float(fits.fitted[0].series.spending[-1])


@pytest.mark.parametrize("form", list(TRUE))
def test_the_rows_load_and_solve_to_the_fitted_results(form: str, tmp_path: Path) -> None:
    fits = bo.fit(simulated(TRUE[form], 5, n=30, sd=2_000), result="visits", form=form)
    (found,) = fits.fitted
    plan = loaded(fits, tmp_path)
    assert plan.programs.spending["library"] == 4 * M
    assert plan.outcomes.level["visits"] == pytest.approx(float(found.result_at(np.array([4e6]))[0]), rel=2e-3)
    effect = plan.scenario.programs["library"].outcomes["visits"]
    assert effect.evidence == "observational"
    assert effect.design.startswith("fit from history")
    assert float(effect.std_error) == pytest.approx(found.range_error, abs=1e-4)
    assert found.std_error < found.range_error < 1.1 * found.std_error
    assert effect.as_of == "2040"
    assert effect.sample == "30 years 2011 to 2040"
    assert not any("steeper" in note for note in notes(plan.scenario))


def test_spending_is_brought_to_the_prices_of_one_year(tmp_path: Path) -> None:
    frame = simulated(TRUE["proportional"], 1, sd=0)
    level = pd.Series(1.04 ** np.arange(14))
    nominal = frame.assign(spending=frame["spending"] * level)
    index = tmp_path / "prices.csv"
    pd.DataFrame({"year": frame["year"], "office_index": 100 * level}).to_csv(index, index=False)
    fits = bo.fit(nominal, result="visits", index=str(index), price_year=2011)
    (found,) = fits.fitted
    assert found.margin == pytest.approx(0.2)
    assert fits.evidence.loc[0, "price_year"] == "2011"
    assert fits.evidence.loc[0, "price_index"] == "office_index"
    last = bo.fit(nominal.assign(deflator=level), result="visits", index="deflator")
    assert last.fitted[0].margin == pytest.approx(0.2 / 1.04**13)
    assert last.history.price_year == "2024"
    with pytest.raises(OptionError, match="has no value for 2030"):
        bo.fit(nominal, result="visits", index=str(index), price_year=2030)
    with pytest.raises(OptionError, match="price year without a price index"):
        bo.fit(nominal, result="visits", price_year=2011)


def test_districts_are_parts_of_a_program() -> None:
    frame = simulated(lambda x: 0.2 * x, 1, n=10, sd=1_000).rename(columns={"year": "district"})
    frame["spending"] /= 10
    frame["visits"] /= 10
    fits = bo.fit(frame, result="visits", form="elasticity")
    assert "no elasticity" in fits.responses[0].refused
    fits = bo.fit(frame, result="visits", form="proportional")
    assert fits.evidence.loc[0, "sample"] == "10 districts"
    assert float(fits.evidence.loc[0, "per_dollar"]) == pytest.approx(0.2, rel=0.02)
    curved = frame.assign(visits=80_000 * (frame["spending"] / 4e5) ** 0.5)
    row = bo.fit(curved, result="visits", form="elasticity").evidence.loc[0]
    total = float(curved["spending"].sum())
    assert float(row["at_baseline"]) == pytest.approx(10 * 80_000 * (total / 10 / 4e5) ** 0.5, rel=1e-4)


def test_programs_of_a_group_share_an_elasticity() -> None:
    frames = []
    for number, name in enumerate(("north", "south", "east", "west", "hill", "lake", "port")):
        frame = simulated(lambda x, n=number: (n + 1) * 1e5 * (x / 4e6) ** 0.5, number, n=4, sd=3_000 * (number + 1))
        frames.append(frame.assign(program=name, department="Parks" if number else "Library"))
    table = pd.concat(frames)
    assert len(bo.fit(table, result="visits").fitted) == 0
    fits = bo.fit(table, result="visits", pool="department")
    assert [found.series.program for found in fits.refused] == ["north"]
    assert "4 points of 1 program, and 6 are needed" in fits.refused[0].refused
    shared = {float(found.estimate.parameters[1]) for found in fits.fitted if found.estimate is not None}
    assert len(shared) == 1
    (elasticity,) = shared
    found = fits.fitted[0]
    assert found.estimate is not None
    assert elasticity == pytest.approx(0.5, abs=3 * float(np.sqrt(found.estimate.covariance[1, 1])))
    assert float(np.sqrt(found.estimate.covariance[1, 1])) < 0.1
    with pytest.raises(OptionError, match="share an elasticity, and no line"):
        bo.fit(table, result="visits", pool="department", form="line")


def test_headers_that_budget_files_have_are_known_in_a_history_too() -> None:
    frame = simulated(TRUE["line"], 1).rename(
        columns={"program": "Produkt", "year": "Haushaltsjahr", "spending": "Ausgaben", "visits": "Achieved"}
    )
    fits = bo.fit(frame)
    assert [found.series.outcome for found in fits.fitted] == ["Achieved"]
    assert "'Ausgaben' was taken for the spending" in fits.notes


def test_spending_in_thousands_is_read_as_its_header_says() -> None:
    frame = simulated(TRUE["line"], 1)
    whole = bo.fit(frame, result="visits")
    header = "Actual Spending ($000)"
    thousands = frame.assign(spending=frame["spending"] / 1000).rename(columns={"spending": header})
    fits = bo.fit(thousands, result="visits", spending=header)
    assert fits.fitted[0].margin == pytest.approx(whole.fitted[0].margin)
    assert fits.fitted[0].spending_mean == pytest.approx(whole.fitted[0].spending_mean)
    assert f"amounts of '{header}' are multiplied by 1,000, as the header says" in fits.notes


@pytest.mark.parametrize("note", [False, True])
def test_spending_in_thousands_is_read_as_the_file_says(note: bool, tmp_path: Path) -> None:
    frame = simulated(TRUE["line"], 1)
    whole = bo.fit(frame, result="visits")
    text = frame.assign(spending=frame["spending"] / 1000).to_csv(index=False)
    commas = "," * (len(frame.columns) - 1)
    title, below = ("All amounts are in thousands of dollars" if here else "City of Elm" for here in (not note, note))
    path = tmp_path / "history.csv"
    path.write_text(f"{title}{commas}\n{text}{below}{commas}\n")
    fits = bo.fit(path, result="visits", header=2)
    assert fits.fitted[0].margin == pytest.approx(whole.fitted[0].margin)
    assert any("are multiplied by 1,000, as the file says" in said for said in fits.notes)
    rounded = frame.assign(spending=frame["spending"].round(-3))
    path.write_text(f"{title}{commas}\n{rounded.to_csv(index=False)}{below}{commas}\n")
    fits = bo.fit(path, result="visits", header=2)
    assert fits.fitted[0].margin == pytest.approx(bo.fit(rounded, result="visits").fitted[0].margin)
    assert any("they are taken as they stand" in said for said in fits.notes)


def test_a_total_is_no_program_and_no_district() -> None:
    frame = simulated(TRUE["line"], 1)
    totals = frame.assign(program="Total", spending=3 * frame["spending"])
    fits = bo.fit(pd.concat([frame, totals]), result="visits")
    assert [found.series.program for found in fits.fitted] == [*frame["program"].unique()]
    assert f"{len(frame)} rows of totals have no part in a fit: 'Total'" in fits.notes
    by_place = frame.assign(district=[f"D{at}" for at in range(len(frame))]).drop(columns="year")
    city = by_place.tail(1).assign(district="City total", spending=9e9)
    fits = bo.fit(pd.concat([by_place, city]), result="visits")
    assert "1 row of a total has no part in a fit: 'City total'" in fits.notes
    assert fits.fitted[0].margin == bo.fit(by_place, result="visits").fitted[0].margin


def test_what_was_spent_is_taken_and_not_what_was_budgeted() -> None:
    frame = simulated(TRUE["line"], 1).rename(columns={"spending": "Actual"})
    frame.insert(2, "Budget", 1.0)
    fits = bo.fit(frame, result="visits")
    assert "'Actual' was taken for the spending" in fits.notes
    only = bo.fit(frame.drop(columns="Budget").rename(columns={"Actual": "Budget"}), result="visits")
    assert only.fitted[0].margin == fits.fitted[0].margin


def test_columns_are_guessed_and_named(tmp_path: Path) -> None:
    frame = simulated(TRUE["line"], 1).rename(
        columns={"program": "Program Name", "year": "Fiscal_Year", "spending": "ActualExpenditures", "visits": "Value"}
    )
    frame["Measure"] = "visits"
    path = tmp_path / "history.csv"
    frame.to_csv(path, index=False)
    fits = bo.fit(path)
    assert [found.series.outcome for found in fits.fitted] == ["visits"]
    assert [note for note in fits.notes if "taken for" in note] == [
        "'Fiscal_Year' was taken for the year",
        "'Measure' was taken for the outcome",
        "'Program Name' was taken for the program",
        "'ActualExpenditures' was taken for the spending",
        "'Value' was taken for the result",
    ]
    book = tmp_path / "office.xlsx"
    frame.to_excel(book, sheet_name="History", index=False)
    assert bo.fit(f"{book}!History").evidence.drop(columns="source").equals(fits.evidence.drop(columns="source"))


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f.rename(columns={"spending": "x"}), {}, "can be taken for the spending; its headers are"),
        (lambda f: f, {"result": "visit"}, "has no column 'visit'"),
        (lambda f: f.drop(columns="year"), {}, "has the years or the districts of its points"),
        (lambda f: f, {"form": "cubic"}, "there is no form 'cubic'"),
        (lambda f: f.assign(visits=np.nan), {}, "has no point"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(change: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        bo.fit(change(simulated(TRUE["line"], 1)), **{"result": "visits", **options})


def test_broken_cells_and_points_that_stand_twice_have_their_places(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("program,year,spending,result\nlibrary,2020,many,5\nlibrary,soon,3,5\n")
    with pytest.raises(ScenarioError) as caught:
        bo.fit(path)
    places = [(problem.place.line, problem.place.column) for problem in caught.value.problems if problem.place]
    assert sorted(places) == [(2, 3), (3, 2)]
    path.write_text("program,year,spending,result\nlibrary,2020,3,5\nlibrary,FY20,4,5\n")
    with pytest.raises(ScenarioError, match="stands twice, first in row 2"):
        bo.fit(path)


def test_a_table_of_another_country_is_read_by_its_decimal_mark(tmp_path: Path) -> None:
    frame = simulated(TRUE["proportional"], 1, sd=0)
    lines = ["Spending of the library;;;", "program;year;spending;result"]
    for row in frame.itertuples():
        money = f"{row.spending:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
        result = f"{row.visits:.1f}".replace(".", ",")
        lines.append(f"{row.program};{row.year};{money};{result}")
    path = tmp_path / "history.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert bo.fit(path, header=2, decimal=",").fitted[0].margin == pytest.approx(0.2, rel=1e-5)
    with pytest.raises(ScenarioError) as caught:
        bo.fit(path, header=2)
    # one mistake on every row is told once
    assert len(caught.value.problems) < 4


def test_an_index_without_years_is_refused(tmp_path: Path) -> None:
    index = tmp_path / "prices.csv"
    index.write_text("x,index\n1,100\n")
    with pytest.raises(OptionError, match="has no column of years; its headers are: x, index"):
        bo.fit(simulated(TRUE["line"], 1), result="visits", index=index)


def test_rows_without_a_result_take_no_part() -> None:
    frame = simulated(TRUE["line"], 1)
    frame.loc[3, "visits"] = np.nan
    fits = bo.fit(frame, result="visits")
    assert len(fits.fitted[0].series.spending) == 13
    assert "1 row has no program, spending or result, and no part in a fit" in fits.notes


def test_several_results_are_several_outcomes() -> None:
    frame = simulated(TRUE["line"], 1)
    frame["loans"] = 0.3 * frame["spending"]
    fits = bo.fit(frame, result=["visits", "loans"])
    assert [found.series.outcome for found in fits.fitted] == ["visits", "loans"]
