"""Balances, reserves, structural balance and transfers, against figures worked out by hand."""

from __future__ import annotations

import pytest

from riverton import M, audited, only_violation, rounded


def test_the_accounts_by_hand() -> None:
    audit = audited(
        {
            "funds.general.opening_balance": 4 * M,
            "funds.general.one_time": {"FY2028": 500_000},
            "funds.general.transfers_to": {"grant": {"at_most": 1 * M}},
        },
        ("general", "grant", "FY2028", 300_000),
        ("shelter", "grant", "FY2027", 1_250_000),
    )
    accounts = audit.balances
    assert rounded(accounts.opening) == [[4 * M, 11 * M], [0, 750_000]]
    assert rounded(accounts.revenue) == [[10 * M, 10 * M], [2 * M, 0]]
    assert rounded(accounts.one_time) == [[0, 500_000], [0, 0]]
    assert rounded(accounts.transfers_in) == [[0, 0], [0, 300_000]]
    assert rounded(accounts.transfers_out) == [[0, 300_000], [0, 0]]
    assert rounded(accounts.spending) == [[3 * M, 3 * M], [1_250_000, 0]]
    assert rounded(accounts.closing) == [[11 * M, 18_200_000], [750_000, 1_050_000]]
    assert rounded(accounts.reserve) == [[0, 0], [0, 0]]
    assert audit.accepted


def test_a_lapsing_balance_does_not_open_the_next_period() -> None:
    audit = audited({"funds.general.carryover": False, "funds.general.opening_balance": 1 * M})
    assert rounded(audit.balances.opening[0]) == [1 * M, 0]
    assert rounded(audit.balances.closing[0]) == [8 * M, 7 * M]


def test_spending_more_than_there_is() -> None:
    audit = audited(None, ("shelter", "grant", "FY2027", 1.5 * M), ("shelter", "grant", "FY2028", 0.9 * M))
    found = only_violation(audit)
    assert (found.kind, found.name, found.period, found.program, found.fund) == (
        "fund balance",
        "grant",
        "FY2028",
        None,
        "grant",
    )
    assert rounded([found.value, found.bound, found.excess]) == [-400_000, 0, 400_000]
    assert found.text == "grant closes FY2028 with -400,000: it spends more than it has"


def test_money_lapses_that_is_needed_later() -> None:
    rows = (("shelter", "grant", "FY2027", 1.5 * M), ("shelter", "grant", "FY2028", 0.4 * M))
    assert audited(None, *rows).accepted
    found = only_violation(audited({"funds.grant.carryover": False}, *rows))
    assert (found.kind, found.period, round(found.excess)) == ("fund balance", "FY2028", 400_000)


@pytest.mark.parametrize(
    ("reserve", "kept"),
    [
        (7 * M, 7 * M),
        ("20%", 2 * M),
        ({"at_least": "20%", "of": "revenue"}, 2 * M),
        ({"at_least": "20%", "of": "spending"}, 600_000),
        ({"at_least": 1_500_000}, 1_500_000),
    ],
)
def test_reserves_are_amounts_or_shares(reserve: object, kept: float) -> None:
    audit = audited({"funds.general.reserve": reserve, "funds.general.one_time": 1 * M})
    assert rounded(audit.balances.reserve[0]) == [kept, kept]
    assert audit.accepted


@pytest.mark.parametrize(("of", "whole"), [("revenue", [10 * M, 10 * M]), ("spending", [3 * M, 3 * M])])
def test_what_a_reserve_is_a_share_of(of: str, whole: list[float]) -> None:
    audit = audited({"funds.general.reserve": {"at_least": "5%", "of": of}})
    (check,) = [check for check in audit.checks if check.kind == "reserve"]
    assert check.share_of is not None
    assert rounded(check.share_of) == whole


def test_a_reserve_that_is_not_kept() -> None:
    audit = audited(
        {"funds.general.reserve": {"at_least": "16.67%", "of": "revenue", "because": "Resolution 2019-4"}},
        ("library", "general", "FY2027", 5.5 * M),
    )
    # closes FY2027 with 10 - 8.5 = 1.5M; FY2028 opens with that and closes with 8.5M
    found = only_violation(audit)
    assert (found.kind, found.name, found.period, found.fund) == ("reserve", "general", "FY2027", "general")
    assert rounded([found.value, found.bound, found.excess]) == [1_500_000, 1_667_000, 167_000]
    assert found.text == "General Fund closes FY2027 with 1,500,000, and its reserve is 1,667,000"
    assert str(found) == f"{found.text} (Resolution 2019-4)"


def test_a_reserve_holds_in_a_fund_that_lapses() -> None:
    found = only_violation(audited({"funds.grant.reserve": 100_000, "funds.grant.carryover": False}))
    assert (found.kind, found.period, rounded(found.excess)) == ("reserve", "FY2028", 100_000)


def test_structural_balance_counts_recurring_spending_and_revenue_alone() -> None:
    changes = {
        "funds.general.structural_balance": True,
        "funds.general.opening_balance": 50 * M,
        "funds.general.one_time": 50 * M,
    }
    # repairs are one-time spending: however much of it, 9M + 1M recurring is what 10M of revenue carries
    rows = (("repairs", "general", "FY2028", 30 * M), ("library", "general", "FY2028", 8 * M))
    assert audited(changes, *rows).accepted
    found = only_violation(audited(changes, *rows, ("shelter", "general", "FY2028", 250_000)))
    assert (found.kind, found.name, found.period, found.fund) == ("structural balance", "general", "FY2028", "general")
    assert rounded([found.value, found.bound, found.excess]) == [10_250_000, 10 * M, 250_000]
    assert found.text == (
        "General Fund pays 10,250,000 of recurring spending in FY2028, and its recurring revenue is 10,000,000"
    )


def test_transfers_are_no_part_of_structural_balance() -> None:
    changes = {
        "funds.general.structural_balance": True,
        "funds.grant.transfers_to": {"general": {"at_most": 2 * M}},
    }
    rows = (("library", "general", "FY2027", 8.5 * M), ("grant", "general", "FY2027", 2 * M))
    found = only_violation(audited(changes, *rows))
    assert (found.kind, rounded(found.excess)) == ("structural balance", 500_000)


LIMITS = {"funds.general.transfers_to": {"grant": {"at_least": 100_000, "at_most": {"FY2027": 1 * M, "FY2028": 2 * M}}}}


def test_transfers_within_their_limits() -> None:
    audit = audited(LIMITS, ("general", "grant", "FY2027", 1 * M), ("general", "grant", "FY2028", 100_000))
    assert audit.accepted
    assert [check.name for check in audit.of_kind("transfer")] == ["general to grant"]


@pytest.mark.parametrize(
    ("amounts", "period", "bound", "excess", "text"),
    [
        (
            (1_400_000, 1 * M),
            "FY2027",
            1 * M,
            400_000,
            "General Fund transfers 1,400,000 to grant in FY2027, and the most is 1,000,000",
        ),
        (
            (1 * M, 40_000),
            "FY2028",
            100_000,
            60_000,
            "General Fund transfers 40,000 to grant in FY2028, and the least is 100,000",
        ),
    ],
)
def test_transfers_outside_their_limits(
    amounts: tuple[float, float], period: str, bound: float, excess: float, text: str
) -> None:
    rows = [("general", "grant", year, amount) for year, amount in zip(("FY2027", "FY2028"), amounts, strict=True)]
    found = only_violation(audited(LIMITS, *rows))
    assert (found.kind, found.name, found.period, found.fund) == ("transfer", "general to grant", period, "general")
    assert (found.bound, rounded(found.excess), found.text) == (bound, excess, text)


def test_a_transfer_that_nobody_named() -> None:
    found = only_violation(audited(LIMITS, *_least(), ("grant", "general", "FY2027", 700_000)))
    assert (found.kind, found.name, found.period, found.excess) == ("transfer", "grant to general", "FY2027", 700_000)
    assert found.text == "grant may not transfer money to General Fund, and transfers 700,000 in FY2027"


def test_a_transfer_cannot_be_taken_back_by_a_minus_sign() -> None:
    found = only_violation(audited(LIMITS, *_least(), ("grant", "general", "FY2027", -50_000)))
    assert found.text == "grant may not transfer money to General Fund, and takes 50,000 from it in FY2027"


def test_a_year_without_a_limit_allows_no_transfer() -> None:
    changes = {"funds.general.transfers_to": {"grant": {"at_most": {"FY2027": 1 * M}}}}
    found = only_violation(audited(changes, ("general", "grant", "FY2028", 1)))
    assert (found.period, found.bound, found.excess) == ("FY2028", 0, 1)


def _least() -> list[tuple[str, str, str, float]]:
    return [("general", "grant", "FY2027", 100_000), ("general", "grant", "FY2028", 100_000)]
