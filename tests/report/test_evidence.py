from __future__ import annotations

from budgetopt.allocation import Allocation
from budgetopt.report.evidence import Sources, effect_lines
from budgetopt.report.numbers import Numbers
from budgetopt.report.outcomes import Bought

USD = Numbers()


def test_effects_are_said_as_they_are_written(city: Allocation) -> None:
    lines = {(line.program_name, line.outcome): line for line in effect_lines(city, Bought(city).rows, USD)}
    assert len(lines) == 13
    rehousing = lines["Rapid rehousing", 0]
    assert rehousing.words == "1 household for each $12,000, up to 400 households"
    assert (rehousing.evidence_words, rehousing.error, rehousing.as_of) == (
        "randomized trial",
        "standard error 15%",
        "2023",
    )
    assert lines["Rent relief", 0].words == "1 household for each $14,500"
    assert lines["Vision Zero", 1].words == "injuries: 0 at $0, 60 at $5M, 110 at $12M and 130 at $20M"
    assert lines["Vision Zero", 1].error == "of the effect: 70% low and 125% high"
    assert lines["Bookmobile", 3].words == "110 visits for each $1,000"
    assert lines["Depot", 2].words == "-120 repairs for each $1 million"
    assert lines["Water mains", 2].evidence_words == "administrative data"


def test_effects_stand_in_the_order_of_the_programs(plan: Allocation) -> None:
    lines = effect_lines(plan, Bought(plan).rows, USD)
    assert [line.program for line in lines] == sorted(line.program for line in lines)
    assert len(lines) == len(plan.scenario.effects)


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
