"""The page for residents says what the plan says, to the digit, and nothing that is the office's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.pages import Node, read, table
from tests.report.plans import HOSTILE, hostile, plan_of, riverton
from tests.report.residents.towns import INTERNAL, solved, town

from budgetopt.allocation import Allocation
from budgetopt.errors import OptionError, UnknownNameError
from budgetopt.report import html_page, residents_page
from budgetopt.report.residents.budget_part import hundred_parts
from budgetopt.report.residents.language import language_of


@pytest.fixture(scope="module")
def milltown() -> Allocation:
    return solved()


@pytest.fixture(scope="module")
def page(milltown: Allocation) -> Node:
    return read(residents_page(milltown))


def part(page: Node, key: str) -> Node:
    return next(node for node in page.all("section") if node.attributes["id"] == key)


def tables(page: Node, key: str) -> list[tuple[list[str], list[list[str]], list[str] | None]]:
    return [table(node) for node in part(page, key).all("table")]


def amount(text: str) -> float:
    return float(re.sub(r"[^\d.\u2212]", "", text).replace("\u2212", "-"))


def test_every_part_is_there_and_the_contents_lead_to_it(page: Node) -> None:
    sections = [node.attributes["id"] for node in page.all("section")]
    assert sections == [
        *("short", "hundred", "changes", "results", "district", "asked", "sure", "sources", "comment", "words")
    ]
    assert [node.attributes["href"] for node in page.one("nav").all("a")] == [f"#{key}" for key in sections]


def test_what_the_funds_pay_is_the_plan_to_the_digit(page: Node, milltown: Allocation) -> None:
    ((_, rows, total),) = tables(page, "short")
    spent = milltown.spending.sum(axis=(0, 2))
    assert sorted(amount(row[1]) for row in rows) == sorted(spent.round().tolist())
    assert total is not None
    assert amount(total[1]) == spent.sum().round()
    assert f"This plan spends ${round(spent.sum()):,} from FY2027 to FY2028." in part(page, "short").text()


def test_each_change_is_the_plan_less_the_baseline(page: Node, milltown: Allocation) -> None:
    programs = milltown.programs.set_index("name")
    seen = set()
    for heads, rows, _ in tables(page, "changes"):
        for row in rows:
            said, name = dict(zip(heads, row, strict=True)), row[0]
            seen.add(name)
            if "Today's level" in said:
                assert amount(said["Today's level"]) == programs["baseline"][name]
            if "This plan" in said:
                assert amount(said["This plan"]) == pytest.approx(programs["spending"][name], abs=1)
            if "Change" in said:
                assert amount(said["Change"]) == amount(said["This plan"]) - amount(said["Today's level"])
    moved = programs[
        (programs["change"].fillna(1).abs() > 0.5) & (programs["spending"].add(programs["baseline"].fillna(0)) > 0)
    ]
    assert seen == set(moved.index)
    assert "Ended: one program" in part(page, "changes").text()
    assert "New: one program" in part(page, "changes").text()


def test_the_parts_of_a_hundred_make_a_hundred(page: Node) -> None:
    for figure in part(page, "hundred").all("figure"):
        figures = [node for node in figure.all("span") if node.attributes.get("class") == "f" and node.text()]
        assert sum(amount(node.text()) for node in figures) == pytest.approx(100, abs=1e-9)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=40))
def test_parts_of_a_hundred_are_by_the_largest_remainder(amounts: list[int]) -> None:
    parts = hundred_parts(amounts)
    assert parts.sum() == 10_000
    exact = np.array([float(10_000 * one / sum(amounts)) for one in amounts])
    step = 100 if (parts % 100 == 0).all() and parts.all() else 1
    assert (np.abs(parts - exact) <= step * (1 + 1e-6)).all()


def test_small_parts_of_a_hundred_are_in_cents() -> None:
    assert hundred_parts([999, 1]).tolist() == [9_990, 10]
    assert hundred_parts([1, 1, 1]).tolist() == [3_400, 3_300, 3_300]
    assert hundred_parts([10**9, 1]).tolist() == [10_000, 0]


def test_each_district_has_its_share_and_what_that_is_for_each_person(page: Node, milltown: Allocation) -> None:
    (found,) = tables(page, "district")
    spending = milltown.programs["spending"].to_numpy()
    shares = {"north": [0.3, 0.5, 1, 0, 0], "south": [0.7, 0.5, 0, 1, 1]}
    people = {"north": 12_000, "south": 18_000}
    for name, plan, each in ((row[0], amount(row[2]), amount(row[4])) for row in found[1]):
        exact = float(np.dot(shares[name], spending))
        assert plan == pytest.approx(exact, abs=1)
        assert each == pytest.approx(exact / people[name], abs=0.51)
    assert sum(amount(row[2]) for row in found[1]) == round(spending.sum())
    parts = list(part(page, "district").all("details"))
    assert [node.one("h4").text() for node in parts] == ["north", "south"]
    assert "12,000 people live here." in parts[0].text()


def test_what_was_asked_for_stands_beside_what_was_decided(page: Node, milltown: Allocation) -> None:
    amounts, packages, weights = tables(page, "asked")
    spending = milltown.by_period
    shelter, streets = amounts[1]
    assert shelter[:2] == ["Homes for families", "$7,000,000"]
    assert amount(shelter[2].split(" (")[0]) == spending.loc["shelter"].sum()
    assert streets[1] == "$3,000,000"
    assert amount(streets[2].split(" (")[0]) == pytest.approx(spending.loc["streets", "FY2027"], abs=1)
    assert packages[1] == [["crew", "$1,000,000 a year", "Yes"], ["second truck", "$4,000,000 a year", "No"]]
    assert weights[1][0] == ["Families with a home", "20,000", "Survey of 2025"]
    assert "Streets first. The reason: Council resolution 7" in part(page, "asked").text()


def test_what_is_granted_is_said_in_words() -> None:
    document = town()
    for asked, words in (("1k", "more than that"), ("99M", "in part")):
        document["programs"]["shelter"]["requested"] = asked
        assert f"({words})" in residents_page(plan_of(document))
    document["programs"]["parks"]["requested"] = "1M"
    assert "$0 (nothing)" in residents_page(plan_of(document))


def test_a_proposal_for_every_year_is_granted_in_full_where_every_year_has_it() -> None:
    document = {
        "periods": ["FY1", "FY2"],
        "funds": {"general": {"revenue": {"FY1": 10, "FY2": 16}, "carryover": False}},
        "outcomes": {"visits": {"weight": 1}},
        "programs": {
            "pool": {"packages": [{"cost": 10, "outcomes": {"visits": 10}}]},
            "talks": {"packages": [{"cost": 4, "outcomes": {"visits": 1}}]},
            "bridge": {"start": ["FY2"], "packages": [{"cost": [2, 0], "opens_after": 0, "outcomes": {"visits": 1}}]},
        },
    }
    page = read(residents_page(plan_of(document)))
    ((_, rows, _),) = tables(page, "asked")
    assert [row[-1] for row in rows] == ["Yes", "Yes, in FY2", "Yes, it starts in FY2"]
    assert "2 of 3 are granted in full." in part(page, "asked").text()


def test_internal_notes_are_left_out_and_public_ones_are_not(milltown: Allocation) -> None:
    text = residents_page(milltown)
    assert INTERNAL not in text
    assert "Two buildings open in spring" in text


def test_assumed_results_are_marked_and_figures_are_about(page: Node) -> None:
    rows = {row.one("th").text(): row.text() for row in part(page, "results").one("tbody").all("tr")}
    assert "assumed" in next(text for name, text in rows.items() if name.startswith("Repairs that wait"))
    assert all("about" in text for text in rows.values())
    assert "it may be" in next(text for name, text in rows.items() if name.startswith("Families"))


@pytest.mark.parametrize(("revenue", "is_word"), [("6M", True), ("5M", False), ("8M", False)])
def test_every_page_says_alike_whether_it_is_proved_that_no_plan_is_better(revenue: str, is_word: bool) -> None:
    packages = [{"cost": "5M", "outcomes": {"visits": 11}}, {"cost": "3M", "outcomes": {"visits": 6}}]
    plan = plan_of(
        {
            "funds": {"general": {"revenue": revenue}},
            "outcomes": {"visits": {"weight": 1}},
            "programs": {"library": {"baseline": "1M", "choose": "any", "packages": packages}},
        }
    )
    # without all-or-nothing decisions the rest of 1M would bring 2 visits more, and no rest brings none
    assert (plan.relaxation_gap > 1e-3) == is_word
    for_residents, council = read(residents_page(plan)), read(html_page(plan))
    sure, story = part(for_residents, "sure").text(), part(council, "plan").text()
    assert ("It is proved that no other plan within these rules does better" in sure) != is_word
    assert ("No second check proves this." in sure) == is_word
    assert ("by the solver's word" in story) == is_word
    assert ("that no plan does better is the solver's word" in council.text()) == is_word
    assert ("It is the best by the solver's word." in council.text()) == is_word
    assert ("It is proved to be the best." in council.text()) != is_word


@pytest.mark.parametrize("are_goals", [True, False])
def test_targets_that_are_goals_are_called_neither_rules_nor_limits_that_are_kept(*, are_goals: bool) -> None:
    plan = plan_of(
        {
            "funds": {"general": {"revenue": 100}},
            "objective": {"minimize": "shortfall from targets"} if are_goals else {"maximize": "homes"},
            "outcomes": {
                "homes": {"target": {"at_least": 900 if are_goals else 90, "weight": 0, "because": "State law"}},
                "visits": {"target": {"at_least": 5, "because": "Promise"}},
            },
            "programs": {
                "library": {"outcomes": {"visits": {"per_dollar": 1}}},
                "shelter": {"spending": {"at_least": 90}, "outcomes": {"homes": {"per_dollar": 1}}},
            },
            "rules": [{"name": "Library", "because": "Vote", "sum": "spending", "where": {"program": "library"},
                       "at_least": 1}],
        }
    )  # fmt: skip
    asked, council = part(read(residents_page(plan)), "asked").text(), read(html_page(plan))
    assert ("Goals that the plan may reach or miss" in asked) == are_goals
    rules = asked.partition("Rules that the plan keeps")[2]
    assert "Library. The reason: Vote" in rules
    assert ("State law" in rules) != are_goals
    # the rule, the floor and the fund; targets where they are limits
    assert plan.audit.limit_count == 3 + 2 * (not are_goals)
    assert f"keeps all {plan.audit.limit_count} limits" in council.text()
    slack = [node.text() for node in council.all("table") if "with something to spare" in node.text()]
    assert not any("homes" in text for text in slack) or not are_goals
    assert ("Targets that are goals, which a plan may miss" in council.text()) == are_goals


@pytest.mark.parametrize("unit", ["points", "votes"])
def test_only_what_residents_voted_is_no_result(unit: str) -> None:
    packages = [{"name": "swings", "cost": 60, "outcomes": {"votes": 41, "votes from Ochota": 9, "reading": 30}}]
    reading = {"name": "Reading scores", "unit": unit, "weight": 1, "source": "School board"}
    document: dict[str, Any] = {
        "funds": {"general": {"revenue": 100}},
        "outcomes": {"votes": {"unit": unit, "weight": 1}, "votes from Ochota": {"unit": unit}, "reading": reading},
        "programs": {
            "park": {"packages": packages},
            "school": {"outcomes": {"reading": {"per_dollar": 0.5, "evidence": "rct", "source": "Study"}}},
        },
    }
    page = read(residents_page(plan_of(document)))
    ((_, results, _),) = tables(page, "results")
    ((result, level, *_),) = results
    assert result.startswith("Reading scores")
    assert level == "about 50"
    (_, (asked,), _), (_, weights, _) = tables(page, "asked")
    assert asked[:2] == ["swings", "41"]
    assert [row[0].startswith("Reading scores") for row in weights] == [True]
    assert "One comes from a study." in part(page, "sure").text()

    # what is only counted in points is no vote, whatever it is called
    del document["outcomes"]["votes"], document["outcomes"]["votes from Ochota"]
    document["outcomes"]["points"] = reading
    document["programs"]["park"]["packages"] = [{"cost": 60, "outcomes": {"points": 30}}]
    assert "Residents voted" not in residents_page(plan_of(document))


def test_how_to_comment_has_the_days_in_order(page: Node) -> None:
    text = part(page, "comment").text()
    assert "The last day for comments is Friday, May 28, 2027." in text
    assert text.index("Wednesday, May 12, 2027: City Hall.") < text.index(
        "Wednesday, May 19, 2027, at 6:30 PM: Library. With interpreters"
    )
    links = [node.attributes["href"] for node in part(page, "comment").all("a")]
    assert links == ["mailto:budget@milltown.example", "https://milltown.example/budget"]


def test_no_technical_word_is_on_the_page(milltown: Allocation) -> None:
    for plan in (milltown, plan_of(riverton())):
        words = read(residents_page(plan)).one("body").text().lower()
        for word in ("shadow", "marginal", "optim", "objective", "linear", "constraint", "integer", "baseline"):
            assert word not in words, word


def test_spanish_has_the_numbers_and_days_of_its_country(milltown: Allocation) -> None:
    spent = round(milltown.spending.sum())
    american, spanish = (residents_page(milltown, tag) for tag in ("es", "es-ES"))
    assert '<html lang="es-US">' in american
    assert f"Este plan gasta ${spent:,} de FY2027 a FY2028." in american
    assert '<html lang="es-ES">' in spanish
    assert f"{spent:,}".replace(",", ".") + "\u00a0US$" in spanish
    assert "viernes, 28 de mayo de 2027" in american
    assert "18:30" in spanish


def test_the_offices_own_words_are_translated_where_it_says_how(milltown: Allocation) -> None:
    spanish, english = (residents_page(milltown, tag) for tag in ("es", "en"))
    for own, other in (("Homes for families", "Hogares para familias"), ("Housing", "Vivienda"), ("north", "norte")):
        assert f">{other}<" in spanish
        assert f">{own}<" not in spanish
        assert f">{own}<" in english
    assert "Street repair" in spanish


def test_the_scenario_names_the_language() -> None:
    document = town()
    document["residents"]["language"] = "es"
    assert '<html lang="es-US">' in residents_page(plan_of(document))


@pytest.mark.parametrize(
    ("tag", "message"),
    [("fr", "there is no language 'fr'"), ("es-ZZ", "in 'es-ZZ'"), ("enn", "'enn'"), ("en-../x", "'en-../x'")],
)
def test_a_language_that_is_none_is_refused(tag: str, message: str) -> None:
    with pytest.raises(OptionError, match=re.escape(message)):
        language_of(tag)


def test_hostile_names_are_inert() -> None:
    plan = plan_of(hostile())
    for language in ("en", "es"):
        text = residents_page(plan, language)
        page = read(text)
        assert [node.attributes for node in page.all("script")] == [{}]
        assert not list(page.all("img"))
        assert not [node for node in page.all() if any(name.startswith("on") for name in node.attributes)]
        shown = page.one("body").text()
        assert HOSTILE[0] in shown


def test_nothing_is_loaded_and_nothing_may_be(milltown: Allocation) -> None:
    text = residents_page(milltown)
    assert "default-src 'none'" in text
    assert not re.findall(r"\b(?:src|data)=|@import|url\(", text)


def test_a_page_is_the_same_for_the_same_plan(milltown: Allocation) -> None:
    assert residents_page(milltown) == residents_page(solved())


def test_a_plan_without_what_the_parts_need_has_fewer() -> None:
    document = {
        "name": "Small", "currency": "hours", "funds": {"week": {"revenue": 40}},
        "outcomes": {"fun": {"weight": 1}}, "programs": {"a": {"outcomes": {"fun": {"per_dollar": 1}}}},
    }  # fmt: skip
    page = read(residents_page(plan_of(document)))
    assert [node.attributes["id"] for node in page.all("section")] == ["short", "hundred", "results", "sure", "words"]
    assert "This plan spends 40 hours." in part(page, "short").text()


def test_a_plan_that_spends_nothing_has_a_page() -> None:
    document = {
        "funds": {"general": {"revenue": "1M"}}, "objective": {"minimize": "spending"},
        "programs": {"a": {"baseline": "200k"}, "b": {}},
    }  # fmt: skip
    text = part(read(residents_page(plan_of(document))), "short").text()
    assert "It pays for 0 programs." in text
    assert "That is $200,000 less than at today's level." in text


def test_more_programs_than_are_shown_are_counted_and_add_up() -> None:
    document = town()
    document["funds"]["general"]["revenue"] = "100M"
    for at in range(30):
        document["programs"][f"p{at}"] = {
            "baseline": 1000 + at, "spending": {"at_most": "150%"}, "outcomes": {"visits": {"per_dollar": 0.3}},
        }  # fmt: skip
    page = read(residents_page(plan_of(document)))
    heads, rows, _ = tables(page, "changes")[0]
    assert len(rows) == 11
    assert "other programs" in rows[-1][0]
    caption = next(part(page, "changes").all("caption")).text()
    assert amount(caption.split("Together they get")[1].split("more")[0]) == sum(amount(row[3]) for row in rows)
    assert heads == ["Program", "Today's level", "This plan", "Change"]


def test_both_pages_are_written_from_python(milltown: Allocation, tmp_path: Path) -> None:
    path = milltown.to_html(tmp_path / "es.html", audience="residents", language="es")
    assert path.read_text(encoding="utf-8") == residents_page(milltown, "es")
    with pytest.raises(UnknownNameError, match="audience"):
        milltown.to_html(tmp_path / "x.html", audience="resident")
    with pytest.raises(OptionError, match="only the page for residents"):
        milltown.to_html(tmp_path / "x.html", language="es")
    with pytest.raises(OptionError, match="no further analyses"):
        milltown.to_html(tmp_path / "x.html", audience="residents", analyses=["compare"])
    assert not (tmp_path / "x.html").exists()
