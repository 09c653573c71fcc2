"""The answer by prices is that of the whole problem: same value, certificate closed, whatever the structure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.formulation.linear_program import Block, Labels, LinearProgram, Matrix, Stage
from budgetopt.solvers import Options, Termination, certify, engine, price_guided, solve_linear_program
from budgetopt.solvers import blocks as blocks_module
from budgetopt.solvers import large as large_module
from budgetopt.solvers import pools as pools_module
from budgetopt.solvers.blocks import Blocks, LocalRows
from budgetopt.solvers.checks import Clock
from budgetopt.solvers.highs import LiveModel
from budgetopt.solvers.large import Large
from budgetopt.solvers.price_guided import solve_by_prices
from linear_programs import INFINITY, large_budget


@pytest.fixture
def small(monkeypatch):
    """Treat problems of a few hundred columns as large."""
    monkeypatch.setattr(price_guided, "NEAR", 60)
    monkeypatch.setattr(price_guided, "FOR_EACH_ROW", 2)
    monkeypatch.setattr(engine, "LEAST_COLUMNS", 100)
    monkeypatch.setattr(blocks_module, "LOCAL_ENTRIES", 9)
    monkeypatch.setattr(blocks_module, "MOST_SHARED", 0.5)
    monkeypatch.setattr(pools_module, "LEAST_PROGRAMS", 4)
    monkeypatch.setattr(large_module, "ENOUGH", 200)


class Builder:
    def __init__(self):
        self.columns = []  # lower, upper, cost
        self.rows = []  # lower, upper
        self.entries = []

    def column(self, lower, upper, cost, entries=()):
        self.columns.append((lower, upper, cost))
        self.entries += [(row, len(self.columns) - 1, value) for row, value in entries]
        return len(self.columns) - 1

    def row(self, lower, upper):
        self.rows.append((lower, upper))
        return len(self.rows) - 1

    def enter(self, row, column, value):
        self.entries.append((row, column, value))

    def build(self, blocks, *, maximize=True):
        row, column, value = (np.array(part) for part in zip(*self.entries, strict=True))
        lower, upper, cost = (np.array(part, float) for part in zip(*self.columns, strict=True))
        row_lower, row_upper = (np.array(part, float) for part in zip(*self.rows, strict=True))
        stops = [*blocks, len(lower)]
        labels = [Block("kind", a, b) for a, b in zip([0, *stops[:-1]], stops, strict=True)]
        return LinearProgram(
            Matrix.from_triplets(len(row_lower), len(lower), row, column, value.astype(float)),
            row_lower,
            row_upper,
            lower,
            upper,
            np.zeros(len(lower), bool),
            (Stage("outcomes", cost if maximize else -cost, maximize=maximize, offset=100.0),),
            Labels(tuple(labels)),
            Labels((Block("row", 0, len(row_lower), {"number": np.arange(len(row_lower))}),)),
        )


def budget(seed, *, coarse, linked, tight, maximize, programs=120, funds=3, rules=4):
    """Programs with concave returns, funds with balances to carry over, rules, links, floors; ties if ``coarse``."""
    random = np.random.default_rng(seed)
    out = Builder()
    money = programs * 4.0 * (0.15 if tight else 0.6)
    fund_rows = [out.row(-INFINITY, money / funds * random.uniform(0.5, 1.5)) for _ in range(funds)]
    rule_rows = [
        out.row(0.1 * money, INFINITY) if rule % 2 else out.row(-INFINITY, 0.3 * money) for rule in range(rules)
    ]
    balances = [out.column(2.0, INFINITY, 0.01, [(row, 1.0)]) for row in fund_rows]
    for program in range(programs):
        kind = random.integers(4) if linked else 0
        in_rules = [row for row in rule_rows if random.random() < 0.3]
        slopes = np.sort(random.choice([0.5, 1, 1, 1.5, 2], 4) if coarse else random.lognormal(0, 0.5, 4))[::-1]
        widths = random.choice([1.0, 2.0], 4) if coarse else random.uniform(0.5, 2, 4)
        if random.random() < 0.3:
            slopes[-1], widths[-1] = 0.0, INFINITY
        floor = widths[0] * 0.5 if program % 5 == 0 else 0.0
        payers = random.permutation(funds)[: int(random.integers(2, funds + 1))]
        if kind in {0, 1}:
            entries = [(fund_rows[payers[0]], 1.0), *((row, 1.0) for row in in_rules)]
            for k in range(4):
                out.column(floor if k == 0 else 0.0, widths[k], slopes[k], entries)
        elif kind == 2:
            link = out.row(0.0, 0.0)
            for k in range(4):
                out.column(floor if k == 0 else 0.0, widths[k], slopes[k], [(link, -1.0)])
            for payer in sorted(payers):
                out.column(0.0, INFINITY, 0.0, [(link, 1.0), (fund_rows[payer], 1.0), *((r, 1.0) for r in in_rules)])
        else:
            limits = out.row(floor, 6.0)
            for payer in sorted(payers):
                bound = INFINITY if random.random() < 0.7 else 3.0
                out.column(0.0, bound, slopes[0], [(limits, 1.0), (fund_rows[payer], 1.0)])
    if linked and random.random() < 0.5:
        # units of two local rows, which are never left out
        for _ in range(5):
            first, second = out.row(-INFINITY, 3.0), out.row(0.5, 4.0)
            out.column(0.0, 3.0, 1.0, [(first, 1.0), (second, 1.0), (fund_rows[0], 1.0)])
            out.column(0.0, 3.0, 1.2, [(second, 1.0), (fund_rows[1], 1.0)])
    return out.build([len(balances)], maximize=maximize)


BUDGETS = st.builds(
    budget,
    st.integers(0, 10_000),
    coarse=st.booleans(),
    linked=st.booleans(),
    tight=st.booleans(),
    maximize=st.booleans(),
)


@pytest.mark.usefixtures("small")
@given(BUDGETS)
def test_prices_find_the_optimum_of_the_whole(lp):
    reference = LiveModel(lp).solve()
    solution = solve_by_prices(lp, lp.stages[0], Options(), Clock(None))
    if reference.termination is Termination.INFEASIBLE:
        assert solution is None
        return
    assert reference.termination is Termination.OPTIMAL
    # None leaves the whole problem to be solved; that is allowed, and must be rare (see below).
    if solution is not None:
        assert solution.objective == pytest.approx(reference.objective, rel=1e-9)
        certificate = certify(lp, 0, solution)
        assert certificate.proved, certificate.failures


@pytest.mark.usefixtures("small")
def test_prices_rarely_give_up():
    found = 0
    for seed in range(24):
        lp = budget(seed, coarse=seed % 2 == 0, linked=seed % 3 > 0, tight=False, maximize=True)
        found += solve_by_prices(lp, lp.stages[0], Options(), Clock(None)) is not None
    assert found >= 22


@pytest.mark.usefixtures("small")
@given(BUDGETS)
def test_the_whole_way_is_proved(lp):
    outcome = solve_linear_program(lp)
    assert outcome.proved == (outcome.termination is Termination.OPTIMAL)


@pytest.mark.parametrize("linked", [pytest.param(False, marks=pytest.mark.deep), True])
def test_a_large_budget(linked):
    lp = large_budget(7_000, linked=linked)
    solution = solve_by_prices(lp, lp.stages[0], Options(), Clock(None))
    assert certify(lp, 0, solution).proved
    assert solution.objective == pytest.approx(LiveModel(lp).solve().objective, rel=1e-9)


def test_an_infeasible_large_budget_is_infeasible():
    lp = large_budget(6_000)
    lp.row_lower[-2] = 1e15  # a rule that asks for more than there is
    assert solve_linear_program(lp).termination is Termination.INFEASIBLE


@pytest.mark.usefixtures("small")
def test_an_unbounded_large_budget_is_unbounded():
    lp = budget(3, coarse=False, linked=False, tight=False, maximize=True)
    lp.row_upper[:3] = INFINITY
    assert solve_linear_program(lp).termination is Termination.UNBOUNDED


@pytest.mark.usefixtures("small")
def test_a_plan_in_hand_is_kept_when_time_runs_out(monkeypatch):
    lp = budget(5, coarse=False, linked=True, tight=False, maximize=True)
    judge, solve, missed = price_guided._PriceSearch._judge, large_module.OpenColumns.solve, []

    def noted(part, *arguments):
        answer = solve(part, *arguments)
        missed.append(part.missed)
        return answer

    def never_content(search, held, y):
        wrong, y = judge(search, held, y)
        if not missed[-1]:
            wrong[np.flatnonzero(~held.open)[:1]] = True
        return wrong, y

    monkeypatch.setattr(large_module.OpenColumns, "solve", noted)
    monkeypatch.setattr(price_guided._PriceSearch, "_judge", never_content)
    ends = []
    for steps in range(1, 10):
        calls = iter([False] * steps)
        monkeypatch.setattr(Clock, "over", property(lambda _, calls=calls: next(calls, True)))
        solution = solve_by_prices(lp, lp.stages[0], Options(), Clock(None))
        assert solution.termination is Termination.TIME_LIMIT
        assert solution.row_dual is None
        ends.append(solution.x is not None)
        if solution.x is not None:
            assert certify(lp, 0, solution).feasible
            assert solution.objective == pytest.approx(lp.stages[0].cost @ solution.x + lp.stages[0].offset, rel=1e-14)
    assert not ends[0]
    assert ends[-1]


@pytest.mark.usefixtures("small")
@given(BUDGETS)
def test_pooled_problems_have_the_same_optimum(lp):
    blocks = Blocks.of(lp)
    cost = -lp.stages[0].cost if lp.stages[0].maximize else lp.stages[0].cost
    pooled = pools_module.pool(lp, cost, blocks)
    if pooled is None:
        return
    assert pooled.lp.columns < lp.columns
    stage = Stage("pooled", pooled.cost, maximize=False)
    answer = LiveModel(LinearProgram(**{**fields(pooled.lp), "stages": (stage,)})).solve()
    reference = LiveModel(lp).solve()
    assert answer.termination is reference.termination
    if answer.x is None:
        return
    x, y = pooled.restore_x(answer.x), pooled.restore_y(answer.row_dual)
    sign = -1.0 if lp.stages[0].maximize else 1.0
    whole = Stage("whole", cost, maximize=False)
    solution = LiveModel(LinearProgram(**{**fields(lp), "stages": (whole,)})).solve()
    assert float(cost @ x) == pytest.approx(solution.objective, rel=1e-9, abs=1e-9)
    rebuilt = type(solution)(**{**fields(solution), "x": x, "row_dual": y})
    certificate = certify(lp, whole, rebuilt)
    assert certificate.proved, certificate.failures
    assert sign * float(cost @ x) + lp.stages[0].offset == pytest.approx(reference.objective, rel=1e-9)


def fields(thing):
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


@pytest.mark.usefixtures("small")
@given(BUDGETS, st.integers(0, 10_000))
def test_units_respond_at_their_best_and_their_prices_prove_it(lp, seed):
    """At any prices of the shared rows, the bound is the optimum of the rest, solved as it stands."""
    blocks = Blocks.of(lp)
    cost = -lp.stages[0].cost if lp.stages[0].maximize else lp.stages[0].cost
    large = Large.of(lp, cost, blocks)
    random = np.random.default_rng(seed)
    prices = random.uniform(-1, 1, len(large.shared))
    net = large.net_costs(prices)
    local = LocalRows.of(lp, blocks)
    if not len(local.column):
        return
    x = np.zeros(lp.columns)
    x[local.column], nearness, unbounded = local.respond(net, np.ones(lp.columns))
    assert (nearness >= 0).all()
    columns = np.zeros(lp.columns, bool)
    columns[local.column] = True
    rows = np.unique(local.row)
    # the units alone, at net costs
    place = np.full(lp.rows, -1)
    place[rows] = np.arange(len(rows))
    part = lp.matrix.take_columns(local.column)
    kept = place[part.index] >= 0
    alone = LinearProgram(
        Matrix.from_triplets(
            len(rows), len(local.column), place[part.index[kept]], part.column_of_entry()[kept], part.value[kept]
        ),
        lp.row_lower[rows],
        lp.row_upper[rows],
        lp.lower[local.column],
        lp.upper[local.column],
        np.zeros(len(local.column), bool),
        (Stage("net", net[local.column], maximize=False),),
        Labels((Block("column", 0, len(local.column)),)),
        Labels((Block("row", 0, len(rows)),)),
    )
    answer = LiveModel(alone).solve()
    assert unbounded.any() == (answer.termination is Termination.UNBOUNDED)
    if answer.termination is not Termination.OPTIMAL:
        return
    assert float(net[local.column] @ x[local.column]) == pytest.approx(answer.objective, rel=1e-9, abs=1e-9)
    row, price = local.price_held(net, x, np.zeros(lp.columns, bool))
    reduced = net[local.column] - local.value * price[np.searchsorted(row, local.row)]
    at = x[local.column]
    # rounding leaves some columns up to 1e-13 above their lower limit
    assert (reduced[at < local.upper - 1e-9] >= -1e-9).all()
    assert (reduced[at > local.lower + 1e-9] <= 1e-9).all()
