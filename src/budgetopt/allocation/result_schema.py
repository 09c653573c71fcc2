"""The form of a result document, as models; its JSON Schema is published from them, and ``verify`` checks with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from budgetopt.allocation.first_result_format import ResultByProgram
from budgetopt.allocation.result_parts import (
    CertificateResult,
    Digest,
    FundResult,
    ObjectiveValues,
    OutcomeResult,
    Part,
    Provenance,
    RuleResult,
    ScenarioWords,
)
from budgetopt.allocation.result_seal import FIRST_FORMAT, RESULT_FORMAT
from budgetopt.allocation.result_tables import (
    EffectColumns,
    LabelledValues,
    OwnLimitColumns,
    PackageColumns,
    PaymentColumns,
    ProgramColumns,
    StandInColumns,
    TransferColumns,
    UnitColumns,
)
from budgetopt.errors import ResultFileError
from budgetopt.scenario.words import visible

__all__ = ["ResultDocument", "check_form", "read_result", "result_schema"]

MOST_SHOWN = 5


class PlanDecisions(Part):
    """The decisions, table by table; what is zero is left out, but for units."""

    payments: PaymentColumns = Field(description="What funds pay for programs.")
    transfers: TransferColumns = Field(description="What funds give one another.")
    packages: PackageColumns = Field(description="The packages that are taken.")
    units: UnitColumns = Field(description="Units of services.")
    stand_ins: StandInColumns = Field(description="Units of resources that others make.")
    rounded_to: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """What amounts are rounded to; those that cannot be are in cents."""


class Proof(Part):
    """What it takes to check the result without a solver."""

    point: list[LabelledValues]
    """The exact optimum of the linear program, by the labels of its columns."""
    stages: list[list[LabelledValues] | None]
    """For each objective the duals of the rows, by their labels; null where there are none."""
    held: list[LabelledValues] | None
    """The duals of the first objective while all integer decisions are held; null where none is whole."""
    relaxation: list[LabelledValues] | None
    """The duals of the first objective without the integer conditions, which prove `relaxation_bound`; null where
    there are none."""


class ResultDocument(Part):
    """A result of budgetopt: an allocation, what it does, and the proof of it."""

    format: Literal["budgetopt-result/2"] = Field(description="The version of this format.")
    status: Literal["optimal", "best found"]
    """``optimal``: proved to be the best. ``best found``: keeps every limit, and a better one may exist."""
    unique: bool | None
    """Whether no other plan is as good, by the objectives and then by the rules for ties, so that every solver gives
    this one. False: another may be as good. Null: not looked for, as the search stopped short. It is the word of the
    solving: `verify` does not check it."""
    scenario: ScenarioWords = Field(description="What it is a plan for.")
    objective: ObjectiveValues = Field(description="The objective, and how much of it the plan reaches.")
    funds: list[FundResult] = Field(description="The accounts of each fund, in the order of the scenario.")
    outcomes: list[OutcomeResult] = Field(description="What is reached of each outcome, in the order of the scenario.")
    rules: list[RuleResult] = Field(description="Every limit that is not one of a single program.")
    certificate: CertificateResult = Field(description="What is proved of the first objective.")
    provenance: Provenance = Field(description="Where the result came from.")
    programs: ProgramColumns = Field(description="What each program gets.")
    effects: EffectColumns = Field(description="What each program brings to each outcome.")
    program_limits: OwnLimitColumns = Field(description="The limits of single programs that hold the plan.")
    decisions: PlanDecisions = Field(description="The plan itself.")
    proof: Proof = Field(description="What it takes to check the result without a solver.")
    document_sha256: Digest = Field(description="The fingerprint of all other entries.")

    @model_validator(mode="after")
    def _names_programs(self) -> ResultDocument:
        decisions = self.decisions
        for table in (self.effects, self.program_limits, decisions.payments, decisions.packages, decisions.units):
            if max(table.program, default=-1) >= self.programs.rows:
                raise ValueError(f"a table points to the program {max(table.program)} of {self.programs.rows}")
        return self


def result_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the result document."""
    schema = ResultDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": RESULT_FORMAT}


_FORMS: dict[str, type[Part]] = {RESULT_FORMAT: ResultDocument, FIRST_FORMAT: ResultByProgram}


def read_result(text: str) -> dict[str, Any]:
    """Return the result document in a JSON text in which no key stands twice, or raise a ResultFileError."""
    try:
        document = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ResultFileError(
            f"line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})",
            hint="a result is what `budgetopt solve SCENARIO --json FILE` writes",
        ) from None
    except RecursionError:
        raise ResultFileError("the document is nested too deeply to be a result") from None
    except ValueError:
        # Python reads no whole number of more than 4,300 digits
        raise ResultFileError("the document holds a number that is too long to be one of a result") from None
    check_form(document)
    assert isinstance(document, dict)
    return document


def check_form(document: Any) -> None:
    """Refuse what has not the form of a result document, with a ResultFileError of the first few faults."""
    if not isinstance(document, Mapping) or "format" not in document:
        hint = "a result is what `budgetopt solve SCENARIO --json FILE` writes"
        raise ResultFileError("this is no result document: it has no key 'format'", hint=hint)
    form = _FORMS.get(str(document["format"]))
    if form is None:
        shown = str(document["format"])[:60]
        raise ResultFileError(
            f"the format is {shown!r}", hint=f"this version of budgetopt reads {' and '.join(_FORMS)}"
        )
    try:
        form.model_validate(document)
    except ValidationError as error:
        faults = [f"{visible('.'.join(map(str, one['loc'])))}: {one['msg']}" for one in error.errors()]
        more = len(faults) - MOST_SHOWN
        text = "; ".join(faults[:MOST_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise ResultFileError(
            f"the document has not the form of a result: {text}",
            hint="`budgetopt schema result` prints the JSON Schema of the form",
        ) from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ResultFileError(f"the key {twice[:60]!r} stands twice in one mapping")
    return out


def _no_constant(word: str) -> float:
    raise ResultFileError(f"the document holds {word}, which is no number")
