"""Which fund may pay for which program, as the words of each say it."""

from __future__ import annotations

from budgetopt.audit.eligibility import may_pay
from strategies import unchecked


def test_who_names_a_fund_who_has_a_payer_and_who_says_nothing() -> None:
    programs = {
        "silent": {},
        "tagged": {"tags": ["housing"]},
        "named": {"funds": ["gift"]},
        # who pays now may pay, unless other funds are named, or parts are fixed
        "paid": {"baseline_by_fund": {"general": 5, "gift": 0}},
        "paid by the grant": {"baseline_by_fund": {"grant": 5}},
        "paid and named": {"funds": ["gift"], "baseline_by_fund": {"general": 5}},
        "paid and fixed": {"fund_shares": {"gift": 1.0}, "baseline_by_fund": {"general": 5}},
    }
    funds = {"general": {}, "grant": {"only": {"tags": "housing"}}, "gift": {}}
    scenario = unchecked({"funds": funds, "outcomes": {"good": {}}, "programs": programs})
    assert dict(zip(programs, may_pay(scenario).tolist(), strict=True)) == {
        "silent": [True, False, True],
        "tagged": [True, True, True],
        "named": [False, False, True],
        "paid": [True, False, False],
        # nobody else may pay in the place of a fund that may not
        "paid by the grant": [False, False, False],
        "paid and named": [False, False, True],
        "paid and fixed": [True, False, True],
    }
