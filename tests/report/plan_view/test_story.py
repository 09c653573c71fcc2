from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from tests.report.kinds import KINDS
from tests.report.plans import plan_of

from budgetopt.allocation import Allocation, Status, solve
from budgetopt.analysis import conflicts, repairs
from budgetopt.analysis.comparing.compare import compare
from budgetopt.report import Figures, Numbers, short_story
from budgetopt.report.figures.limit_lines import LimitLines, limits_of
from budgetopt.report.figures.outcome_rows import Bought
from budgetopt.report.words.contradiction import contradiction_lines
from budgetopt.scenario.scenario import Scenario
from budgetopt.solvers import Termination


def told(plan: Allocation) -> list[str]:
    numbers = Numbers()
    return short_story(plan, Figures.of(plan), Bought(plan).rows, limits_of(plan, numbers), numbers)


def budget(revenue: float, **programs: dict[str, Any]) -> dict[str, Any]:
    return {
        "funds": {"f": {"name": "The fund", "revenue": revenue}},
        "outcomes": {"o": {"name": "Visits", "unit": "visits", "weight": 1}},
        "programs": programs,
    }


def program(baseline: float | None = None, per_dollar: float = 1.0, **keys: Any) -> dict[str, Any]:
    return {
        **({} if baseline is None else {"baseline": baseline}),
        "outcomes": {"o": {"per_dollar": per_dollar}},
        **keys,
    }


def test_the_city_in_a_few_sentences(city: Allocation) -> None:
    spends, moves, ends, following, why, buys, ranges, left, money, rule = told(city)
    assert spends.startswith("The plan spends $206 million on 10 of 12 programs over FY2027 to FY2029, ")
    assert spends.endswith("$14.8 million (7.7%) more than the baseline.")
    assert moves == "5 programs gain, 4 programs lose and 1 of 3 new programs is funded."
    assert ends.startswith(
        "The largest increase goes to Vision Zero (+$6 million) and the largest cut falls on Shelter beds"
    )
    assert following.startswith("Next come ")
    assert why.startswith("Vision Zero is ")
    assert "“Overdue repairs” falls to 1,818 (-882 repairs, -32.7%); 1 other outcome moves too" in buys
    assert buys.endswith("these figures rest partly on assumptions.")
    assert ranges.startswith("By the ranges of the effects, “")
    assert (
        left == "In every period every fund keeps its reserve; nothing is left above the reserves at the end of FY2029."
    )
    assert money == (
        "Money runs out in General fund in FY2029, Housing grant in FY2027 and FY2028 and 2 other funds; it is worth "
        "most in Housing grant in FY2027: each $1,000 more would add 726 to the weighted outcomes."
    )
    assert rule.startswith("Of the other limits, “")
    assert " has the highest price for 1% of it: at this price each " in rule


def goals(**targets: dict[str, float]) -> dict[str, Any]:
    """Return two programs that want more money than there is, each for a target of its own."""
    return {
        "funds": {"f": {"revenue": 5_000_000}},
        "outcomes": {name: {"unit": name, "target": target} for name, target in targets.items()},
        "objective": {"minimize": "shortfall from targets"},
        "programs": {
            "a": {"baseline": 2_000_000, "outcomes": {"lives": {"per_dollar": 0.00002}}},
            "b": {"baseline": 2_000_000, "outcomes": {"visits": {"per_dollar": 0.001}}},
        },
    }


ROOM = {
    "funds": {"f": {"revenue": 10_000_000}},
    "outcomes": {"o": {"weight": 1}},
    "programs": {
        "a": {"tags": "x", "outcomes": {"o": {"curve": [[0, 0], [1_000_000, 100], [1_000_100, 100.005]]}}},
        "b": {"tags": "y", "outcomes": {"o": {"curve": [[0, 0], [5_000_000, 150]]}}},
        "c": {"outcomes": {"o": {"per_dollar": 0.00001}}},
    },
    "rules": [
        {"name": "Little room", "sum": "spending", "where": {"tags": "x"}, "at_most": 1_000_000},
        {"name": "Much room", "sum": "spending", "where": {"tags": "y"}, "at_most": 1_000_000},
    ],
}
LIVES, VISITS = "outcomes.lives.target.at_least", "outcomes.visits.target.at_least"


@pytest.mark.parametrize(
    ("document", "named", "relaxed"),
    [
        (
            goals(lives={"at_least": 80}, visits={"at_least": 3_000}),
            "Target for lives",
            {LIVES: -80, VISITS: -3_000},
        ),
        (
            goals(lives={"at_least": 60}, visits={"at_least": 3_200}),
            "Target for visits",
            {LIVES: -60, VISITS: -3_200},
        ),
        # no visits are wanted, and a floor brings some
        (
            {
                **goals(lives={"at_least": 90}, visits={"at_most": 1_500}),
                "rules": [{"name": "Open doors", "sum": "spending", "where": {"program": "b"}, "at_least": 2_000_000}],
            },
            "Open doors",
            {LIVES: -90, "outcomes.visits.target.at_most": 1_500, "rules[Open doors].at_least": -2_000_000},
        ),
        (ROOM, "Little room", {"rules[Little room].at_most": 1_000_000, "rules[Much room].at_most": 1_000_000}),
    ],
)
def test_the_limit_with_the_highest_price_is_named_and_its_price_holds_for_a_little(
    document: dict[str, Any], named: str, relaxed: dict[str, float]
) -> None:
    """One percent may gain less: the second room ends after a hundred dollars."""
    scenario = Scenario.from_document(document)
    plan, sign = solve(scenario), 1 if "objective" not in document else -1

    def gain(path: str, share: float) -> float:
        moved = scenario.with_((path, abs(relaxed[path]) + share * relaxed[path]))
        return sign * (solve(moved).objective_value - plan.objective_value)

    words = told(plan)[-1]
    assert words.startswith(f"Of the other limits, “{named}” has the highest price for 1% of it: at this price each ")
    stake = plan.rules["one_percent"].max()
    gains = {path: gain(path, 1e-5) / 1e-3 for path in relaxed}
    assert max(gains.values()) == pytest.approx(stake, rel=1e-3)
    for path in relaxed:
        assert gain(path, 0.01) <= stake * (1 + 1e-6)


def test_a_step_is_one_where_one_brings_one() -> None:
    """A price of one is not always exactly so; a thousand lives are more than the target asks for."""
    lives = goals(lives={"at_least": 80}, visits={"at_least": 3_000})
    assert told(plan_of(lives))[-1].endswith(
        "at this price each life less asked for would bring 1 less shortfall from targets."
    )


def test_one_of_each_is_said_in_the_singular() -> None:
    plan = plan_of(
        budget(
            3_000_000,
            a=program(1_000_000, 2.0, spending={"at_most": 2_000_000}),
            b=program(2_000_000, 1.0),
            c=program(500_000, 0.5),
        )
    )
    assert told(plan)[:3] == [
        "The plan spends $3 million on 2 of 3 programs, $500,000 (14.3%) less than the baseline.",
        "1 program gains and 2 programs lose, 1 of them all of its money.",
        "The largest increase goes to a (+$1 million) and the largest cut falls on b (-$1 million).",
    ]


def test_a_plan_that_changes_nothing_says_so() -> None:
    plan = plan_of(
        budget(
            300,
            a=program(100, 1, spending={"at_most": 100}),
            b=program(200, 1, spending={"at_most": 200}),
            c=program(None, 0.1, spending={"at_most": 0}),
        )
    )
    assert told(plan)[:3] == [
        "The plan spends $300 on 2 of 3 programs, as much as the baseline.",
        "Every program keeps its baseline, and no new program is funded.",
        "What it buys is what the baseline buys.",
    ]


def test_a_plan_without_a_baseline_compares_nothing(small: Allocation) -> None:
    assert told(small) == [
        "The plan spends $20.50 on 2 of 3 programs.",
        "It brings 5.7 laughs (fun); this figure rests on assumptions.",
        "No fund is overdrawn; nothing is left.",
        "Money in purse runs out: each $1,000 more would add 200 to the weighted outcomes.",
    ]


def test_a_change_for_the_worse_is_said_to_be_one() -> None:
    plan = plan_of(budget(50, a=program(100)))
    assert "“Visits” falls to 50 (-50 visits, -50%, for the worse)" in " ".join(told(plan))


def test_an_objective_has_a_name_of_its_own() -> None:
    document = budget(50, a=program(100))
    plan = plan_of({**document, "objective": {"maximize": "weighted outcomes", "name": "net DALYs"}})
    assert told(plan)[-1] == "Money in The fund runs out: each $1 more would add 1 net DALY."
    assert plan.explain("a").sentences[-1] != ""
    assert "weighted outcomes" not in " ".join([*told(plan), *plan.explain("f").sentences, plan.to_markdown()])


def test_the_packages_and_when_projects_start_are_named() -> None:
    station = {"packages": [{"name": "base", "cost": 60, "outcomes": {"o": 90}}]}
    bridge = {"packages": [{"name": "replace", "cost": [10, 10], "outcomes": {"o": 90}}], "start": ["Y2"]}
    plan = plan_of({**budget(80, station=station, bridge=bridge), "periods": ["Y1", "Y2", "Y3"]})
    assert "Station takes “base”; bridge starts “replace” in Y2." in told(plan)
    assert "It starts “replace” in Y2." in plan.explain("bridge").sentences


def test_a_baseline_that_grows_is_said_to_grow() -> None:
    document = budget(300, a=program(100), b=program(100, 0.5))
    plan = plan_of({**document, "periods": ["Y1", "Y2"], "inflation": "10%"})
    assert told(plan)[0] == (
        "The plan spends $600 on 1 of 2 programs over Y1 to Y2, $180 (42.9%) more than the baseline, which grows with "
        "inflation of 10% a year."
    )


def test_every_fund_that_leaves_money_counts_and_lapses_are_said() -> None:
    document = budget(50, a=program(100, spending={"at_most": 40}))
    document["funds"]["f"]["carryover"] = False
    document["funds"]["idle"] = {"revenue": 100, "only": {"department": "Nowhere"}}
    document["programs"]["b"] = program(department="Nowhere", spending={"at_most": 30}, funds=["idle"])
    plan = plan_of({**document, "periods": ["Y1", "Y2"]})
    left = next(words for words in told(plan) if "is left" in words)
    assert left.startswith("In every period no fund is overdrawn; $")
    assert "most of it in idle ($140)" in left
    assert "Every program that it may pay for (`only`) is at its ceiling." in plan.explain("idle").sentences


def test_equal_moves_are_told_together() -> None:
    twice = {name: program(10, 2.0, spending={"at_most": 20}) for name in ("a", "b")}
    plan = plan_of(budget(40, **twice))
    assert "The largest increase goes to a and b (+$10 each)." in told(plan)


def test_what_is_left_is_said() -> None:
    plan = plan_of(budget(500, a=program(100, 1, spending={"at_most": 150})))
    assert "No fund is overdrawn; $350 is left." in told(plan)
    assert told(plan)[-1] == "Every program is at its ceiling."


def test_programs_that_end_are_said_to() -> None:
    plan = plan_of(budget(100, a=program(100, 2.0), b=program(50, 1.0), c=program(50, 1.0)))
    assert "2 programs lose all of their money and 1 stays as it is." in told(plan)
    plan = plan_of(budget(100, a=program(100, 2.0), b=program(50, 1.0)))
    assert "1 program loses all of its money and 1 stays as it is." in told(plan)


def test_money_without_a_price_runs_out_all_the_same(city: Allocation) -> None:
    numbers = Numbers()
    limits = LimitLines([replace(limit, price=math.nan) for limit in limits_of(city, numbers).first], ())
    words = short_story(city, Figures.of(city), Bought(city).rows, limits, numbers)[-1]
    assert words == "Money runs out in General fund in FY2029, Housing grant in FY2027 and FY2028 and 2 other funds."


def test_a_plan_of_nothing_is_told_too() -> None:
    plan = plan_of(budget(0, a=program(None)))
    assert told(plan)[0] == "The plan spends nothing."


def test_stories_are_short_and_have_no_broken_numbers(plan: Allocation) -> None:
    sentences = told(plan)
    assert 3 <= len(sentences) <= 10
    for words in sentences:
        assert words.endswith(".")
        assert "nan" not in words
        assert "-0 " not in words
        assert "  " not in words


@pytest.mark.parametrize("kind", KINDS)
def test_stories_of_every_kind_are_ten_sentences_at_most(kind: str) -> None:
    sentences = told(plan_of(KINDS[kind]))
    assert 2 <= len(sentences) <= 10
    for words in sentences:
        assert words.endswith(".")
        assert "1 programs" not in words
        assert "1 new program are" not in words
        assert " 0 of " not in words


def test_no_money_is_said_in_so_many_words() -> None:
    words = told(plan_of(KINDS["empty"]))
    assert words[0] == "The plan spends nothing; the baseline is $3 million."
    assert words[1] == "2 programs lose all of their money and the new program is not funded."
    assert words[-1] == "There is no money to spend."


def test_one_program_is_told_without_counting() -> None:
    assert told(plan_of(KINDS["one"])) == [
        "The plan spends $3 million on 1 program, $2 million (200%) more than the baseline.",
        "Against the baseline, “Visits” rises to 750,000 (+500,000 visits, +200%); this figure rests on assumptions.",
        "No fund is overdrawn; nothing is left.",
        "Money in General fund runs out: each $1 more would add 1 to the weighted outcomes.",
    ]


def stopped_with(plan: Allocation, bound: float) -> Allocation:
    """Return the plan as of a search that ran out of time with a bound."""
    result = replace(plan.solver_result, termination=Termination.TIME_LIMIT)
    return replace(plan, status=Status.BEST_FOUND, bound=bound, solver_result=result)


def test_a_plan_stopped_before_its_proof_says_how_much_better_one_could_be(city: Allocation) -> None:
    stopped = stopped_with(city, city.objective_value * 1.02)
    assert told(stopped)[:-1] == told(city)
    assert told(stopped)[-1] == (
        f"The search ended before it was proved that no plan is better; its value is within "
        f"{Numbers().most_share(stopped.gap)} of the best possible."
    )
    assert stopped.gap == pytest.approx(0.02)


def test_where_no_bound_is_known_no_gap_is_named(city: Allocation) -> None:
    stopped = stopped_with(city, math.inf)
    assert told(stopped)[-1] == (
        "The search ended before it was proved that no plan is better; how far it is from the best is not known."
    )


def test_a_search_that_may_stop_early_tells_what_it_does_not_know() -> None:
    """Packages of odd sizes: a plan within half of the bound is soon found, and nothing proves it."""
    costs = {f"p{at}": 1_000 + 37 * at * at % 601 for at in range(30)}
    document = budget(
        9_001,
        **{
            name: {"packages": [{"name": "all", "cost": cost, "outcomes": {"o": cost + at * 7 % 11}}]}
            for at, (name, cost) in enumerate(costs.items())
        },
    )
    plan = solve(Scenario.from_document(document), gap=0.5)
    sentences = told(plan)
    assert not plan.proved
    assert sentences[0].startswith("The plan spends $")
    assert sentences[-1].startswith(
        "The search ended before it was proved that no plan is better; its value is within "
    )
    assert sentences[-1].endswith(f" {Numbers().most_share(plan.gap)} of the best possible.")


def test_a_scenario_without_a_plan_is_told_by_what_contradicts_what_and_what_mends_it() -> None:
    document = budget(
        100,
        a=program(per_dollar=2.0, spending={"at_least": 70}),
        b=program(spending={"at_least": 50, "because": "Council promise"}),
    )
    scenario = Scenario.from_document(document)
    found = conflicts(scenario)
    told_why = [
        "These cannot all be met with the money there is:",
        "  - the floor of “a”",
        "  - the floor of “b” (Council promise)",
        "  Together they ask “The fund” for $120, which has $100.",
    ]
    assert contradiction_lines(scenario, found, ()) == told_why
    head, *mended = contradiction_lines(scenario, found, repairs(scenario, at_most=2))[4:]
    assert head == "The cheapest repairs, each enough by itself:"
    assert set(mended) == {
        "  - change the floor of “b” from $50 to $30",
        "  - change the floor of “a” from $70 to $50",
    }


def test_a_scenario_with_a_plan_has_no_contradiction_to_tell() -> None:
    scenario = Scenario.from_document(budget(100, a=program()))
    assert contradiction_lines(scenario, conflicts(scenario), ()) == []


def test_a_baseline_of_some_periods_is_one_and_grows_with_nothing() -> None:
    visits = {"visits": {"per_dollar": 1}}
    document: dict[str, Any] = {
        "periods": ["Y1", "Y2"],
        "inflation": "10%",
        "funds": {"f": {"revenue": 500}},
        "outcomes": {"visits": {"weight": 1}, "talks": {}},
        "programs": {
            "ends": {"department": "A", "baseline": {"Y1": 300}, "spending": {"at_most": 100}, "outcomes": visits},
            "begins": {"department": "A", "baseline": {"Y2": 50}, "outcomes": {"talks": {"per_dollar": 0.1}}},
            "new": {"department": "B", "outcomes": visits},
        },
    }
    plan = plan_of(document)
    assert plan.programs["baseline"].fillna(-1).tolist() == [300, 50, -1]
    assert plan.programs["change"].tolist() == [-100, -50, 800]
    compared = compare(plan.scenario).plans
    assert compared.loc["current budget", "spending"] == plan.programs["baseline"].sum()
    words = told(plan)
    assert words[0] == "The plan spends $1,000 on 2 of 3 programs over Y1 to Y2, $650 (185.7%) more than the baseline."
    assert words[1] == "2 programs lose, 1 of them all of its money and the new program is funded."

    # one amount is that of the first period, and grows
    document["programs"]["ends"]["baseline"] = 300
    assert "the baseline, which grows with inflation of 10% a year." in told(plan_of(document))[0]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_where_limits_of_single_programs_alone_bind_the_story_says_so(count: int) -> None:
    visits = {"outcomes": {"o": {"per_dollar": 2}}, "spending": {"at_most": 10}}
    ceilings: dict[str, dict[str, Any]] = {f"p{at}": visits for at in range(count)}
    # more of the others brings no more, and they are at no ceiling
    flat = {"outcomes": {"o": {"curve": [[0, 0], [5, 5]]}}}
    plan = plan_of(budget(1000.0, flat=flat, **ceilings))
    binding = limits_of(plan, Numbers()).binding
    assert len(binding) == count
    assert all("would add" in limit.price_words for limit in binding)
    said = {
        0: "No limit holds the plan back.",
        1: "1 limit of a single program binds, and no other.",
        2: "2 limits of single programs bind, and no other.",
    }
    assert told(plan)[-1] == said[count]
