"""The reference of the result document."""

from __future__ import annotations

from budgetopt.allocation.result_parts import Breach, Digest, Figure
from budgetopt.allocation.result_schema import ResultDocument
from docs_site.model_reference import Reference

__all__ = ["RESULT", "result_reference"]

RESULT = Reference(
    ResultDocument,
    titles={
        "ResultDocument": "The document",
        "ScenarioWords": "Its scenario",
        "ObjectiveValues": "Objective",
        "ObjectiveStage": "One objective of a list",
        "ProgramColumns": "Programs",
        "EffectColumns": "Effects",
        "OwnLimitColumns": "Limits of single programs",
        "PaymentColumns": "Payments",
        "TransferColumns": "Transfers",
        "PackageColumns": "Packages",
        "UnitColumns": "Units of services",
        "StandInColumns": "Stand-ins",
        "NamedTexts": "A column of texts",
        "LabelledValues": "Values of the proof",
        "FundResult": "A fund",
        "FundPeriod": "A fund in a period",
        "OutcomeResult": "An outcome",
        "RuleResult": "A limit",
        "CertificateResult": "Certificate",
        "ProofCheck": "A check of the certificate",
        "AuditResult": "Audit",
        "PlanDecisions": "The decisions",
    },
    words=[(Figure, "number"), (Breach, "number, zero or more"), (Digest, "64 hexadecimal digits")],
    as_input=False,
)
"""How the keys of a result document are described."""


def result_reference() -> str:
    """Return the reference of the result document in Markdown."""
    return RESULT.markdown()
