"""What the floors, ceilings and most units of programs cost, and how far a capacity would have to fall to bind."""

from __future__ import annotations

import pytest

import budgetopt as bo
from budgetopt.scenario.scenario import Scenario
from first_format import written_first
from language.small import document_of


def served(unit_cost: float, rate: float, **more: float) -> dict[str, object]:
    service = {"unit": "cases", "unit_cost": unit_cost, **more}
    return {"service": service, "uses": {"nurses": {"per_unit": 0.5}}, "outcomes": {"good": {"per_unit": rate}}}


def scenario() -> Scenario:
    programs = {
        "a": served(2, 10, up_to=30),
        "b": {"spending": {"at_most": 20}, "outcomes": {"good": {"per_dollar": 4}}},
        "c": {"spending": {"at_least": 5}, "outcomes": {"good": {"per_dollar": 0.5}}},
        "d": {"outcomes": {"good": {"per_dollar": 1}}},
    }
    document = document_of(programs, revenue=100)
    return Scenario.from_document({**document, "resources": {"nurses": {"capacity": 40, "unit": "nurses"}}})


def test_own_limits_are_priced_in_their_unit() -> None:
    table = bo.prices(scenario()).set_index(["kind", "name"])
    # a case costs two dollars, which bring 1 each elsewhere
    assert table.loc[("most units", "a"), ["relief", "tightening"]].tolist() == pytest.approx([8, 8])
    assert table.loc[("ceiling", "b"), ["relief", "tightening"]].tolist() == pytest.approx([3, 3])
    assert table.loc[("floor", "c"), ["relief", "tightening"]].tolist() == pytest.approx([0.5, 0.5])
    # the 15 dollars of d at 8 a case of two dollars, then the 20 of b at 2 a case
    assert table.loc[("most units", "a"), "total_cost"] == pytest.approx(8 * 15 / 2 + 2 * 20 / 2)


def test_a_program_at_its_own_limit_says_what_one_more_is_worth() -> None:
    plan = bo.solve(scenario())
    assert "Each case more allowed would add 8 to the weighted outcomes." in bo.explain(plan, "a").sentences
    assert "Each $1 more allowed would add 3 to the weighted outcomes." in bo.explain(plan, "b").sentences
    assert "Each $1,000 less asked for would add 500 to the weighted outcomes." in bo.explain(plan, "c").sentences


def test_a_capacity_that_does_not_bind_says_to_what_it_would_have_to_fall() -> None:
    plan = bo.solve(scenario())
    sentences = bo.explain(plan, "nurses").sentences
    assert "It would have to fall to 15 before the best plan is worth less." in sentences
    full = bo.solve(plan.scenario.with_("resources.nurses.capacity=10"))
    assert not [words for words in bo.explain(full, "nurses").sentences if "would have to" in words]


OWN = ["floor", "ceiling", "most units"]


def own_rows(plan: bo.Allocation) -> dict[tuple[str, str], list[float]]:
    rows = plan.rules[plan.rules["kind"].isin(OWN)]
    keys = zip(rows["kind"], rows["name"], strict=True)
    return dict(zip(keys, rows[["value", "bound", "price", "one_percent"]].to_numpy().tolist(), strict=True))


def test_own_limits_that_bind_and_cost_something_stand_in_the_table_of_limits() -> None:
    plan = bo.solve(scenario())
    assert own_rows(plan) == {
        ("floor", "c"): pytest.approx([5, 5, 0.5, 0.025]),
        ("ceiling", "b"): pytest.approx([20, 20, 3, 0.6]),
        ("most units", "a"): pytest.approx([30, 30, 8, 2.4]),
    }
    assert plan.rules["unit"].tolist()[-1] == "cases"
    loose = bo.solve(plan.scenario.with_("programs.b.spending.at_most=200", "programs.c.spending.at_least=0"))
    assert list(own_rows(loose)) == [("most units", "a")]
    said = {rule["kind"]: rule for rule in written_first(plan)["rules"]}
    assert said["most units"]["price"] == pytest.approx(8)


# each limit, and what relaxing it by a little brings: worked out again by solving
MOVED = {
    # a floor in dollars of a service whose units cost 4
    "floor of a service": ({"service": {"unit_cost": 4}, "spending": {"at_least": 8}}, "spending.at_least", -1),
    "fewest units": ({"service": {"unit_cost": 4, "at_least": 3}}, "service.at_least", -1),
    "most units": ({"service": {"unit_cost": 0.5, "up_to": 3}}, "service.up_to", 1),
    "ceiling of a service": ({"service": {"unit_cost": 0.5}, "spending": {"at_most": 3}}, "spending.at_most", 1),
    "ceiling at a breakpoint": ({"spending": {"at_most": 10}}, "spending.at_most", 1),
    "ceiling at the last point": ({"spending": {"at_most": 20}}, "spending.at_most", 1),
    "both, the units tighter": (
        {"service": {"unit_cost": 0.5, "up_to": 3}, "spending": {"at_most": 9}},
        "service.up_to",
        1,
    ),
}


@pytest.mark.parametrize("funds", [{}, {"gift": {"revenue": 30, "carryover": False}}])
@pytest.mark.parametrize("name", MOVED)
def test_the_price_of_an_own_limit_is_what_solving_again_gives(name: str, funds: dict[str, object]) -> None:
    words, path, side = MOVED[name]
    points = [[0, 0], [10, 50], [20, 70]]
    effect = {"per_unit": 2} if "service" in words else {"curve": points}
    programs = {"p": {**words, "outcomes": {"good": effect}}, "rest": {"outcomes": {"good": {"per_dollar": 1}}}}
    plan = bo.solve(Scenario.from_document(document_of(programs, revenue=100, funds=funds, inflation="2%")))
    old = float(plan.scenario.programs.number(path)[0])
    new = bo.solve(plan.scenario.with_((f"programs.p.{path}", old + side / 8)))
    gain = 8 * (new.objective_value - plan.objective_value)
    expected = {} if gain < 1e-6 else {"p": pytest.approx(gain)}
    assert {program: row[2] for (_, program), row in own_rows(plan).items()} == expected
