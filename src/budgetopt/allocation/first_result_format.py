"""The first format of result documents, ``budgetopt-result/1``: one mapping a program, one a limit.

It is written no more and read for good. What reads a result reads this form: :func:`by_program` returns a document of
either format in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from budgetopt.allocation.result_parts import (
    CertificateResult,
    Digest,
    Figure,
    FundResult,
    ObjectiveValues,
    OutcomeResult,
    Part,
    Provenance,
    RuleResult,
    ScenarioWords,
)
from budgetopt.allocation.result_seal import FIRST_FORMAT
from budgetopt.allocation.result_tables import (
    Columns,
    EffectColumns,
    OwnLimitColumns,
    PackageColumns,
    PaymentColumns,
    ProgramColumns,
    StandInColumns,
    TransferColumns,
    UnitColumns,
    names_in,
)
from budgetopt.errors import ResultFileError
from budgetopt.scenario.words import visible

__all__ = ["ResultByProgram", "by_program"]

Decisions = dict[str, dict[str, dict[str, Figure]]]


class EffectRange(Part):
    """Between what lies that which a program brings to an outcome."""

    low: Figure = Field(description="With each effect at the end of its range that brings least.")
    high: Figure = Field(description="With each effect at the end of its range that brings most.")


class ProgramResult(Part):
    """What one program gets, for all periods together unless said otherwise."""

    id: str = Field(description="The program's id.")
    name: str = Field(description="The program's name as it is printed.")
    department: str = Field(description="The department that runs it.")
    priority: str = Field(description="The strategic priority that it serves.")
    baseline: Figure | None = Field(description="Current service level; null for a new program.")
    spending: Figure = Field(description="What it gets.")
    change: Figure = Field(description="Spending less baseline.")
    change_share: Figure | None = Field(description="The change as a share of the baseline; null where there is none.")
    by_fund: dict[str, Figure] = Field(description="What each fund pays; funds that pay nothing are left out.")
    by_period: dict[str, Figure] = Field(description="What it gets in each period.")
    units: dict[str, Figure] = Field(description="Units of its service in each period; empty without a service.")
    packages: dict[str, list[str]]
    """The decision packages that it takes, each with its periods; for projects, with the period of their start."""
    outcomes: dict[str, Figure | None] = Field(description="What it brings to each outcome that it affects.")
    outcome_ranges: dict[str, EffectRange]
    """Between what lies that which it brings to an outcome, for the outcomes of which the scenario says so."""
    assumed: list[str]
    """The outcomes on which its effect is an assumption, or says nothing of its evidence."""
    reason: str = Field(description="What holds its spending where it is.")


class NamedDecisions(Part):
    """The decisions; what is zero is left out."""

    payments: Decisions = Field(description="By program, fund and period.")
    transfers: Decisions = Field(description="By the fund that gives, the fund that receives, and period.")
    packages: dict[str, dict[str, list[str]]]
    """By program and package, the periods in which it is taken, or for projects started."""
    units: dict[str, dict[str, Figure]]
    """Units of services, by program and period."""
    stand_ins: Decisions
    """Units of a resource that others make, by that resource, the one that stands in for it, and period."""
    rounded_to: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """What amounts are rounded to; those that cannot be are in cents."""


class NamedProof(Part):
    """What it takes to check the result without a solver."""

    decisions: NamedDecisions = Field(description="The plan itself.")
    point: dict[str, Figure]
    """The exact optimum of the linear program, by the labels of its columns; what is zero is left out."""
    stages: list[dict[str, Figure] | None]
    """For each objective the duals of the rows, by their labels; null where there are none."""
    held: dict[str, Figure] | None
    """The duals of the first objective while all integer decisions are held; null where none is whole."""
    relaxation: dict[str, Figure] | None
    """The duals of the first objective without the integer conditions, which prove `relaxation_bound`; null where
    there are none."""


class ResultByProgram(Part):
    """A result of budgetopt in the first format."""

    format: Literal["budgetopt-result/1"] = Field(description="The version of this format.")
    status: Literal["optimal", "best found"] = Field(description="Whether it is proved to be the best.")
    unique: bool | None = Field(description="Whether no other plan is as good.")
    scenario: ScenarioWords = Field(description="What it is a plan for.")
    objective: ObjectiveValues = Field(description="The objective, and how much of it the plan reaches.")
    programs: list[ProgramResult] = Field(description="What each program gets, in the order of the scenario.")
    funds: list[FundResult] = Field(description="The accounts of each fund, in the order of the scenario.")
    outcomes: list[OutcomeResult] = Field(description="What is reached of each outcome, in the order of the scenario.")
    rules: list[RuleResult] = Field(
        description="Every limit; of the programs' own those that bind and have a price, if any has one."
    )
    certificate: CertificateResult = Field(description="What is proved of the first objective.")
    provenance: Provenance = Field(description="Where the result came from.")
    proof: NamedProof = Field(description="What it takes to check the result without a solver.")
    document_sha256: Digest = Field(description="The fingerprint of all other entries.")


def by_program(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result document of checked form, whatever its format, in the first one; its seal is of its own format.

    Raises
    ------
    ResultFileError
        If one thing stands twice in a table of it.
    """
    if document["format"] == FIRST_FORMAT:
        return dict(document)
    decided, ids = document["decisions"], document["programs"]["id"]
    paid = [(ids[at], *rest) for at, *rest in _rows(decided["payments"], PaymentColumns)]
    taken = [(ids[at], *rest) for at, *rest in _rows(decided["packages"], PackageColumns)]
    served = [(ids[at], *rest) for at, *rest in _rows(decided["units"], UnitColumns)]
    packages: dict[str, dict[str, list[str]]] = {}
    for program, package, period in taken:
        packages.setdefault(program, {}).setdefault(package, []).append(period)
    return {
        **{key: value for key, value in document.items() if key not in _BY_COLUMN},
        "format": FIRST_FORMAT,
        "programs": _programs(document, paid, served, packages),
        "rules": [*document["rules"], *_own_limits(document["program_limits"], ids)],
        "proof": {
            "decisions": {
                "payments": _nested(paid),
                "transfers": _nested(_rows(decided["transfers"], TransferColumns)),
                "packages": packages,
                "units": _nested(row for row in served if row[-1]),
                "stand_ins": _nested(_rows(decided["stand_ins"], StandInColumns)),
                "rounded_to": decided["rounded_to"],
            },
            "stages": [_labelled(duals, ids) for duals in document["proof"]["stages"]],
            **{key: _labelled(document["proof"][key], ids) for key in ("point", "held", "relaxation")},
        },
    }


_BY_COLUMN = ("effects", "program_limits", "decisions")
"""What the second format has, and the first does not."""


def _programs(
    document: Mapping[str, Any],
    paid: Sequence[tuple[Any, ...]],
    served: Sequence[tuple[Any, ...]],
    packages: Mapping[str, Any],
) -> list[dict[str, Any]]:
    columns, periods = document["programs"], document["scenario"]["periods"]
    ids, names = columns["id"], list(ProgramColumns.model_fields)
    rows = {
        row[0]: {
            **dict(zip(names, row, strict=True)),
            "by_fund": {},
            "by_period": dict.fromkeys(periods, 0.0),
            "units": {},
            "packages": packages.get(row[0], {}),
            "outcomes": {},
            "outcome_ranges": {},
            "assumed": [],
        }
        for row in _rows(columns, ProgramColumns)
    }
    for program, fund, period, amount in paid:
        by_fund, by_period = rows[program]["by_fund"], rows[program]["by_period"]
        by_fund[fund] = by_fund.get(fund, 0.0) + amount
        by_period[period] = by_period.get(period, 0.0) + amount
    for program, by_period in _nested(served).items():
        rows[program]["units"] = by_period
    effects = [(ids[at], *rest) for at, *rest in _rows(document["effects"], EffectColumns)]
    levels = _nested((program, outcome, level) for program, outcome, level, *_ in effects)
    for program, outcome, _, low, high, assumed in effects:
        row = rows[program]
        row["outcomes"] = levels[program]
        if low is not None or high is not None:
            row["outcome_ranges"][outcome] = {"low": low, "high": high}
        if assumed:
            row["assumed"].append(outcome)
    return list(rows.values())


def _own_limits(columns: Mapping[str, Any], ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    _, *names = OwnLimitColumns.model_fields
    for program, *rest in _rows(columns, OwnLimitColumns):
        yield {"name": ids[program], **dict(zip(names, rest, strict=True))}


def _rows(columns: Mapping[str, Any], form: type[Columns]) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a table that is given by columns, each in the order of its form."""
    named = [columns[name] for name in form.model_fields]
    count = len(named[0]["at"] if isinstance(named[0], Mapping) else named[0])
    return zip(*(_entries(column, count) for column in named), strict=True)


def _entries(column: Any, count: int) -> Sequence[Any]:
    if isinstance(column, Mapping):
        names = column["names"]
        return [names[at] for at in column["at"]]
    return column if isinstance(column, list) else [column] * count


def _nested(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the last entries of rows by the names before them."""
    out: dict[str, Any] = {}
    for *outer, last, value in rows:
        inner = out
        for name in outer:
            inner = inner.setdefault(name, {})
        if last in inner:
            raise ResultFileError(f"a table names {visible(', '.join((*outer, last)))} twice")
        inner[last] = value
    return out


def _labelled(tables: Sequence[Mapping[str, Any]] | None, ids: Sequence[str]) -> dict[str, float] | None:
    """Return values by the labels of rows or columns, such as ``fund balance[general,FY2027]``."""
    if tables is None:
        return None
    out: dict[str, float] = {}
    for table in tables:
        count, (kind, *names) = len(table["values"]), names_in(table["label"])
        keys = [_key_names(key, _entries(table["keys"][key], count), ids) for key in names]
        labels = [f"{kind}[{','.join(key)}]" for key in (zip(*keys, strict=True) if keys else [()] * count)]
        if table["again"] is not None:
            numbered = zip(labels, table["again"], strict=True)
            labels = [label if number == 1 else f"{label} ({number})" for label, number in numbered]
        for label, value in zip(labels, table["values"], strict=True):
            if label in out:
                raise ResultFileError(f"the proof names {visible(label)} twice")
            out[label] = value
    return out


def _key_names(key: str, entries: Sequence[Any], ids: Sequence[str]) -> list[str]:
    if key != "program":
        return [str(entry) for entry in entries]
    return [ids[at] if isinstance(at, int) and 0 <= at < len(ids) else str(at) for at in entries]
