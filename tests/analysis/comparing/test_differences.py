import numpy as np
import pytest

import budgetopt as bo
from budgetopt import synthetic
from budgetopt.analysis.comparing.differences import ChangedValue
from budgetopt.report.words.difference_words import difference_lines
from budgetopt.scenario.amounts import Share

DOCUMENT = {
    "name": "Proposed",
    "periods": ["FY2027", "FY2028"],
    "funds": {
        "general": {"name": "General", "revenue": {"FY2027": 118e6, "FY2028": 120e6}},
        "grant": {"revenue": 2e6, "only": {"tags": "housing"}},
    },
    "outcomes": {"visits": {"unit": "visits", "weight": 4}},
    "programs": {
        "library": {
            "name": "Library hours",
            "baseline": 2e6,
            "spending": {"at_most": "150%"},
            "outcomes": {"visits": {"per_dollar": 0.2}},
        },
        "shelter": {"baseline": 1e6, "tags": ["housing"], "outcomes": {"visits": {"curve": [[0, 0], [3e6, 90_000]]}}},
        "pool": {"baseline": 5e5, "outcomes": {"visits": {"unit_cost": 9, "up_to": 80_000}}},
    },
    "rules": [{"name": "Library floor", "sum": "spending", "where": {"program": "library"}, "at_least": 1e6}],
}


@pytest.fixture
def proposed():
    return bo.Scenario.from_document(DOCUMENT)


def lines(found):
    return list(difference_lines(found))


def test_a_scenario_does_not_differ_from_itself(proposed):
    found = bo.diff(proposed, bo.Scenario.from_document(DOCUMENT))
    assert not found
    assert found.values.empty
    assert found.programs.empty
    assert lines(found) == ["The two scenarios say the same."]


def test_a_revenue_that_falls(proposed):
    found = bo.diff(proposed, proposed.with_("funds.general.revenue.FY2027=112M"))
    assert found.document == (ChangedValue(("funds", "general", "revenue", "FY2027"), 118e6, 112e6),)
    assert lines(found) == ["- the revenue of “General” falls from $118 million to $112 million (-5.1%) in FY2027"]


def test_a_fund_and_a_rule_that_are_new_or_gone(proposed):
    found = bo.diff(proposed, proposed.without("funds.grant", "rules.Library floor"))
    assert lines(found) == ["- the fund “grant” is gone", "- the rule “Library floor” is gone"]
    assert [value.after for value in found.document] == [None, None]


def test_a_rule_that_asks_for_more(proposed):
    found = bo.diff(proposed, proposed.with_("rules.Library floor.at_least=1.5M"))
    assert lines(found) == ["- the at least of the rule “Library floor” rises from $1 million to $1.5 million (+50%)"]


def test_a_change_that_is_measured_from_something_else():
    slow = {"name": "slow", "change": {"at_most": "10%", "from": "baseline"}}
    before = bo.Scenario.from_document({**DOCUMENT, "rules": [slow]})
    found = bo.diff(before, before.with_("rules.slow.change.from=previous"))
    assert found.document == (ChangedValue(("rules", "slow", "change", "from"), "baseline", "previous"),)


def test_programs_that_are_new_gone_and_changed(proposed):
    document = {**DOCUMENT, "programs": dict(DOCUMENT["programs"])}
    document["programs"]["rink"] = document["programs"].pop("pool")
    document["programs"]["library"] = {
        **document["programs"]["library"],
        "baseline": 2.5e6,
        "spending": {"at_most": 3e6},
    }
    found = bo.diff(proposed, bo.Scenario.from_document(document))
    assert found.new_programs == ("rink",)
    assert found.gone_programs == ("pool",)
    assert found.program_keys == {
        "baseline": (("library",), (2e6,), (2.5e6,)),
        "spending.at_most": (("library",), (Share(1.5),), (3e6,)),
    }
    assert lines(found) == [
        "- 1 program is new: “rink”",
        "- 1 program is gone: “pool”",
        "- the baseline of program “Library hours” rises from $2 million to $2.5 million (+25%)",
        "- the spending at most of program “Library hours” changes from 150% to $3 million",
    ]
    assert set(found.programs["program"]) == {"rink", "pool", "library"}
    assert found.programs.index.tolist() == list(range(len(found.programs)))


def test_a_share_is_no_amount():
    document = {**DOCUMENT, "programs": {**DOCUMENT["programs"]}}
    document["programs"]["pool"] = {**document["programs"]["pool"], "spending": {"at_most": 1.5}}
    before = bo.Scenario.from_document(document)
    # among amounts alone, and beside a share
    found = bo.diff(before, before.with_("programs.pool.spending.at_most=150%"))
    assert found.program_keys == {"spending.at_most": (("pool",), (1.5,), (Share(1.5),))}
    alone = before.with_("programs.library.spending.at_most=3M")
    assert bo.diff(alone, before).program_keys == {"spending.at_most": (("library",), (3e6,), (Share(1.5),))}
    assert bo.diff(before, alone).program_keys == {"spending.at_most": (("library",), (Share(1.5),), (3e6,))}


def test_lists_and_curves(proposed):
    document = {**DOCUMENT, "programs": dict(DOCUMENT["programs"])}
    document["programs"]["shelter"] = {
        **document["programs"]["shelter"],
        "tags": ["housing", "winter"],
        "outcomes": {"visits": {"curve": [[0, 0], [3e6, 95_000]]}},
    }
    found = bo.diff(proposed, bo.Scenario.from_document(document))
    assert found.program_keys == {
        "tags": (("shelter",), (("housing",),), (("housing", "winter"),)),
        "outcomes.visits.curve": (("shelter",), (((0.0, 0.0), (3e6, 9e4)),), (((0.0, 0.0), (3e6, 9.5e4)),)),
    }


def test_another_order_of_the_programs(proposed):
    turned = dict(reversed(DOCUMENT["programs"].items()))
    found = bo.diff(proposed, bo.Scenario.from_document({**DOCUMENT, "programs": turned}))
    assert found.order == ("programs",)
    assert lines(found) == ["- the programs stand in another order, by which ties are settled"]


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("funds", "- the funds stand in another order, by which ties are settled"),
        ("rules", "- the rules stand in another order"),
        ("outcomes", "- the outcomes stand in another order"),
    ],
)
def test_another_order_of_other_things(section, line):
    more = {
        "funds": {**DOCUMENT["funds"], "second": {"revenue": 1}},
        "outcomes": {**DOCUMENT["outcomes"], "meals": {"unit": "meals"}},
        "rules": [{"name": name, "sum": "spending", "at_most": 9e9} for name in "AB"],
    }
    turned = more[section]
    turned = turned[::-1] if section == "rules" else dict(reversed(turned.items()))
    one, other = ({**DOCUMENT, section: words} for words in (more[section], turned))
    found = bo.diff(bo.Scenario.from_document(one), bo.Scenario.from_document(other))
    assert found.order == (section,)
    assert found
    assert lines(found) == [line]


def test_something_new_in_front_is_no_other_order(proposed):
    funds = {"second": {"revenue": 1}, **DOCUMENT["funds"]}
    found = bo.diff(proposed, bo.Scenario.from_document({**DOCUMENT, "funds": funds}))
    assert found
    assert not found.order


def test_long_lists_are_cut():
    city = synthetic.city(60, features="linear")
    raised = city.with_(("programs.*.baseline", "+5%"))
    found = bo.diff(city, raised)
    ids, before, after = found.program_keys["baseline"]
    assert set(ids) == set(city.programs.ids[~np.isnan(city.programs.baseline())])
    assert np.allclose(np.array(after) / np.array(before), 1.05)
    assert len(lines(found)) == 4
    assert f"the baseline of {len(ids)} programs changes, from " in lines(found)[0]


@pytest.mark.parametrize("seed", range(4))
def test_every_value_that_differs_is_found(seed):
    one, other = (synthetic.city(30, periods=2, seed=at) for at in (seed, seed + 1))
    found = bo.diff(one, other)
    for key, (ids, before, after) in found.program_keys.items():
        for name, old, new in zip(ids, before, after, strict=True):
            assert old != new
            assert one.programs.value(name, key) == old
            assert other.programs.value(name, key) == new
    told = {(name, key) for key, (ids, _, _) in found.program_keys.items() for name in ids}
    for name in one.programs:
        for key in {*one.programs.columns, *other.programs.columns}:
            differs = one.programs.value(name, key) != other.programs.value(name, key)
            assert differs == ((name, key) in told)


def test_solved_it_says_what_changes():
    tight = {**DOCUMENT, "funds": {"general": {"name": "General", "revenue": 3e6}}}
    less = bo.Scenario.from_document({**tight, "funds": {"general": {"name": "General", "revenue": 2e6}}})
    found = bo.diff(bo.Scenario.from_document(tight), less, solve=True)
    before, after = found.plans
    assert found.funds.loc["general", "change"] == pytest.approx(-2e6)
    moved = after.programs["spending"] - before.programs["spending"]
    assert found.moves["change"].sum() == pytest.approx(moved.sum())
    gained = after.outcomes["level"] - before.outcomes["level"]
    assert found.outcomes.loc["visits", "change"] == pytest.approx(gained["visits"])
    text = "\n".join(lines(found))
    assert "- the fund “General” pays $4 million instead of $6 million (-$2 million)" in text
    assert "What is achieved, in weighted outcomes: falls from 4,800,000 to 3,200,000 (-33.3%)." in text


def test_an_outcome_that_is_gone_is_worth_nothing_by_the_weights_of_the_scenario_without_it():
    funds, program = {"general": {"revenue": 10, "carryover": False}}, {"visits": {"per_dollar": 1}}
    two = {"visits": {"weight": 2}, "meals": {"weight": 3}}
    before = {"funds": funds, "outcomes": two, "programs": {"a": {"outcomes": {**program, "meals": {"per_dollar": 1}}}}}
    after = {"funds": funds, "outcomes": {"visits": {"weight": 4}}, "programs": {"a": {"outcomes": program}}}
    found = bo.diff(*map(bo.Scenario.from_document, (before, after)), solve=True)
    # 10 visits and 10 meals before, 10 visits after
    assert found.values_by_weights == {"before": (50, 20), "after": (40, 40)}


def test_programs_stand_by_the_size_of_their_moves_and_funds_in_the_order_of_the_file():
    def scenario(small, large):
        effect = {"outcomes": {"visits": {"per_dollar": 1}}}
        funds = {"small": {"revenue": small}, "large": {"revenue": large}}
        programs = {"a": {"funds": ["small"], **effect}, "b": {"funds": ["large"], **effect}}
        return bo.Scenario.from_document({"funds": funds, "outcomes": {"visits": {"weight": 1}}, "programs": programs})

    found = bo.diff(scenario(10, 100), scenario(11, 50), solve=True)
    assert found.moves["change"].to_dict() == {"b": -50, "a": 1}
    assert found.moves.index.tolist() == ["b", "a"]
    assert found.funds.index.tolist() == ["small", "large"]


def test_another_payer_of_a_match():
    match = {"match": {"from": "general", "rate": "25%"}}
    funds = {**DOCUMENT["funds"], "second": {"revenue": 1e6}, "grant": {**DOCUMENT["funds"]["grant"], **match}}
    before = bo.Scenario.from_document({**DOCUMENT, "funds": funds})
    found = bo.diff(before, before.with_("funds.grant.match.from=second"))
    assert found.document == (ChangedValue(("funds", "grant", "match", "from"), "general", "second"),)


def test_without_plans_the_tables_of_plans_are_empty(proposed):
    found = bo.diff(proposed, proposed)
    assert found.moves.empty
    assert found.values_by_weights == {}


def test_a_move_of_a_cent_is_told_and_what_stays_is_not():
    def scenario(revenue):
        return bo.Scenario.from_document(
            {
                "funds": {"one": {"revenue": revenue}, "two": {"revenue": 50}},
                "outcomes": {"visits": {"weight": 1}},
                "programs": {
                    "moved": {"funds": ["one"], "outcomes": {"visits": {"per_dollar": 1}}},
                    "same": {"funds": ["two"], "outcomes": {"visits": {"per_dollar": 1}}},
                },
            }
        )

    told = lines(bo.diff(scenario(100), scenario(100.01), solve=True))
    told = told[told.index("") + 2 :]
    assert told[0].startswith("1 program gets another amount")
    assert [line.split(" ")[:3] for line in told[1:]] == [
        ["-", "“moved”:", "$100.01"],
        ["-", "“visits”:", "from"],
        ["-", "the", "fund"],
    ]
    assert told[3].startswith("- the fund “one” pays")
    assert not [line for line in told if "same" in line or "two" in line]


def test_lists_that_are_empty_on_both_sides_are_the_same():
    effect = {"outcomes": {"visits": {"per_dollar": 1}}}
    programs = {"a": {"tags": ["x"], **effect}, "b": {"tags": ["y", "z"], **effect}, "c": {"tags": [], **effect}}
    before = bo.Scenario.from_document(
        {**DOCUMENT, "programs": programs, "funds": {"general": {"revenue": 10}}, "rules": []}
    )
    found = bo.diff(before, before.with_(("programs.a.tags", ["w"])))
    assert found.programs.to_dict("records") == [{"program": "a", "key": "tags", "before": ("x",), "after": ("w",)}]


def test_what_plans_are_worth_by_the_weights_of_each_scenario():
    def city(outcomes, **more):
        programs = {
            name: {"spending": {"at_least": 10, "at_most": 10}, "outcomes": {name: {"per_dollar": rate}}}
            for name, rate in (("visits", 1), ("calls", 2), ("trips", 3))
            if name in outcomes
        }
        return bo.Scenario.from_document({
            "periods": ["t1", "t2"], "funds": {"general": {"revenue": 40}}, "programs": programs,
            "outcomes": {name: {"weight": weight} for name, weight in outcomes.items()}, **more,
        })  # fmt: skip

    before = city({"visits": 2, "calls": 3})
    after = city({"visits": 4, "trips": 5}, discount="25%")
    found = bo.diff(before, after, solve=True)
    # 10 visits and 20 calls in each of two years, and 10 visits and 30 trips; the second year counts four fifths after
    assert found.values_by_weights == {"before": (160, 40), "after": pytest.approx((72, 342))}
    moves = found.moves
    assert moves.index.tolist() == ["trips", "calls", "visits"]
    assert moves[["before", "after", "change"]].to_numpy().tolist() == [[0, 20, 20], [20, 0, -20], [20, 20, 0]]
    assert found.outcomes.index.tolist() == ["visits", "trips", "calls"]
    assert found.outcomes["change"].tolist() == [0, 60, -40]
    assert found.funds.to_numpy().tolist() == [[40, 40, 0]]
    assert bo.diff(before, after).values_by_weights == {}
    assert bo.diff(before, after).moves.empty
    unspent = after.with_("objective=[{maximize: weighted outcomes, unspent_worth: 1}]")
    assert bo.diff(before, unspent, solve=True).values_by_weights == {}
    assert bo.diff(unspent, before, solve=True).values_by_weights == {}


def test_the_rows_of_programs_that_are_gone_new_and_changed():
    def city(**programs):
        return bo.Scenario.from_document({
            "funds": {"general": {"revenue": 40}}, "objective": {"minimize": "spending"}, "programs": programs,
        })  # fmt: skip

    found = bo.diff(
        city(a={"baseline": 1, "department": "X"}, b={"baseline": 2}, c={}),
        city(a={"baseline": 3}, b={"baseline": 5}, d={}),
    )
    assert found.programs.to_numpy().tolist() == [
        ["c", "", "there", "gone"], ["d", "", "", "new"],
        ["a", "baseline", 1, 3], ["b", "baseline", 2, 5], ["a", "department", "X", None],
    ]  # fmt: skip
    assert found.programs.columns.tolist() == ["program", "key", "before", "after"]
    assert not bo.diff(found.before, found.before)
    assert bo.diff(found.before, city(c={}, b={"baseline": 2}, a={"baseline": 1, "department": "X"})).order == (
        "programs",
    )


def test_what_a_table_is_called_is_no_difference(tmp_path):
    for name in ("proposed", "adopted"):
        (tmp_path / f"{name}.csv").write_text("program,outcomes.visits.per_dollar\npool,2\n")
        (tmp_path / f"{name}.yaml").write_text(
            "funds: {general: {revenue: 100}}\n"
            "outcomes: {visits: {weight: 1}}\n"
            f"tables: {{programs: {name}.csv}}\n"
        )
    found = bo.diff(tmp_path / "proposed.yaml", tmp_path / "adopted.yaml")
    assert found.document == ()
