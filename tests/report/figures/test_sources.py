from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from tests.report.plans import plan_of, riverton

from budgetopt.allocation import Allocation
from budgetopt.report.figures.numbers import Numbers
from budgetopt.report.figures.outcome_rows import Bought, OutcomeRow
from budgetopt.report.figures.sources import EVIDENCE_WORDS, Sources, effect_lines
from budgetopt.report.plan_view.view import PlanView
from budgetopt.scenario.estimates import assumed_programs, is_assumed
from budgetopt.scenario.scenario import Scenario

USD = Numbers()


def test_effects_are_said_as_they_are_written(city: Allocation) -> None:
    lines = {(line.program_name, line.outcome): line for line in effect_lines(city, Bought(city).rows, USD)}
    assert len(lines) == 13
    rehousing = lines["Rapid rehousing", 0]
    assert rehousing.words == "1 household for each $12,000, up to 400 households"
    assert (EVIDENCE_WORDS[rehousing.evidence], rehousing.error, rehousing.as_of) == (
        "randomized trial",
        "standard error 15%",
        "2023",
    )
    assert lines["Rent relief", 0].words == "1 household for each $14,500"
    assert lines["Vision Zero", 1].words == "injuries: 0 at $0, 60 at $5M, 110 at $12M and 130 at $20M"
    assert lines["Vision Zero", 1].error == "of the effect: 70% low and 125% high"
    assert lines["Bookmobile", 3].words == "110 visits for each $1,000"
    assert lines["Depot", 2].words == "-120 repairs for each $1 million"
    assert EVIDENCE_WORDS[lines["Water mains", 2].evidence] == "administrative data"


def test_effects_stand_in_the_order_of_the_programs(plan: Allocation) -> None:
    lines = effect_lines(plan, Bought(plan).rows, USD)
    assert [line.program for line in lines] == sorted(line.program for line in lines)
    assert len(lines) == len(plan.scenario.effects)


def test_effects_of_services_and_packages_are_said_too() -> None:
    document = {
        "funds": {"f": {"revenue": "20M"}},
        "resources": {"staff": {"capacity": 20, "unit": "FTE"}},
        "outcomes": {
            "injuries": {"unit": "injuries", "weight": 9},
            "visits": {"unit": "visits", "weight": 4},
        },
        "programs": {
            "fire": {
                "packages": [
                    {"name": "base", "cost": "9M", "outcomes": {"injuries": 40}},
                    {
                        "cost": "2.2M",
                        "outcomes": {"injuries": {"value": 1, "evidence": "assumption"}},
                    },
                ],
            },
            "screening": {
                "service": {"unit": "screenings", "unit_cost": 31, "up_to": 24_000},
                "uses": {"staff": {"per_unit": 0.0004}},
                "outcomes": {"visits": {"per_unit": 1.1}, "injuries": {"curve": [[0, 0], [20_000, 3]]}},
            },
        },
    }
    scenario = Scenario.from_document(document)
    rows = tuple(OutcomeRow(key, key, key, 0, None, 0, None, 1.0, False, (), "none") for key in ("injuries", "visits"))
    lines = effect_lines(cast("Allocation", SimpleNamespace(scenario=scenario)), rows, USD)
    assert [(line.program_name, line.words, line.evidence) for line in lines] == [
        ("fire", "40 injuries in each period from the package “base”", ""),
        ("fire", "1 injury in each period from one of its packages", "assumption"),
        ("screening", "injuries: 0 at 0 screenings and 3 at 20,000 screenings", ""),
        ("screening", "1.1 visits for each screening", ""),
    ]
    assert assumed_programs(scenario.programs, "injuries").tolist() == [True, True]


def test_sources_are_numbered_once_in_the_order_of_reading(city: Allocation) -> None:
    sources = Sources(city, effect_lines(city, Bought(city).rows, USD))
    assert [source.number for source in sources.all] == list(range(1, len(sources.all) + 1))
    assert sources.all[0].text == "Adopted budget FY2026, pages 40-88"
    assert sources.number("Revenue estimate of March") == 2
    assert sources.number("") == sources.number("unknown") == 0
    assert sources.of_program(0) == [
        sources.number("https://example.org/budget/housing.pdf"),
        sources.number("County evaluation, 2023, table 4"),
    ]
    assert sources.of_program(1) == []
    evaluation = sources.all[sources.number("County evaluation, 2023, table 4") - 1]
    assert evaluation.used_for() == "Rapid rehousing and Youth summer jobs"


def test_a_source_of_many_names_a_few(large: Allocation) -> None:
    sources = Sources(large, effect_lines(large, Bought(large).rows, USD))
    assert len(sources.all) == 40
    assert sources.all[0].used_for().endswith(" and 46 more")


def test_a_source_may_say_that_there_is_none() -> None:
    assert is_assumed("Assumption: the weight")
    assert is_assumed(" assumption")
    assert not is_assumed("Study of assumptions, 2020")
    document = riverton()
    document["outcomes"]["visits"]["source"] = "Assumption: what a visit is worth"
    document["funds"]["water"]["source"] = "Assumption: rates stay"
    document["programs"]["parks"]["source"] = "Assumption"
    page = PlanView(plan_of(document), USD)
    assert [(name, figure) for name, figure, _ in page.other_assumptions] == [
        ("Weight of “Library visits”", "4"),
        ("Water fund", "the figures of the fund"),
        ("Parks and trails", "the figures of the program"),
    ]
