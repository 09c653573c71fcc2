"""The fingerprint that seals a result document."""

from __future__ import annotations

from budgetopt.allocation.result_seal import FIRST_FORMAT, canonical_json


def test_the_seal_of_the_first_format_is_of_the_letters_themselves() -> None:
    document = {"name": "Bücherei", "format": FIRST_FORMAT, "amount": 5}
    assert canonical_json(document).decode() == f'{{"amount":5.0,"format":"{FIRST_FORMAT}","name":"Bücherei"}}'
