"""Tables of a result document, as they are read."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from budgetopt.allocation.result_tables import LabelledValues


def test_values_whose_keys_fit_their_label_are_read() -> None:
    read = LabelledValues.model_validate(
        {"label": "floor[program]", "keys": {"program": [0, 2]}, "again": None, "values": [4, 5]}
    )
    assert (read.label, read.keys, read.values) == ("floor[program]", {"program": [0, 2]}, [4, 5])


@pytest.mark.parametrize("wrong", [{"keys": {"program": [0, 2, 3]}}, {"again": [1]}, {"keys": {"fund": [0, 2]}}])
def test_columns_beside_values_have_one_entry_for_each(wrong: dict[str, object]) -> None:
    right = {"label": "floor[program]", "keys": {"program": [0, 2]}, "again": [1, 2], "values": [4, 5]}
    assert LabelledValues.model_validate(right).again == [1, 2]
    with pytest.raises(ValidationError):
        LabelledValues.model_validate({**right, **wrong})
