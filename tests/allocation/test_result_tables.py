"""Tables of a result document, as they are read."""

from __future__ import annotations

from budgetopt.allocation.result_tables import LabelledValues


def test_values_whose_keys_fit_their_label_are_read() -> None:
    read = LabelledValues.model_validate(
        {"label": "floor[program]", "keys": {"program": [0, 2]}, "again": None, "values": [4, 5]}
    )
    assert (read.label, read.keys, read.values) == ("floor[program]", {"program": [0, 2]}, [4, 5])
