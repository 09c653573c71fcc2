"""The licences of what budgetopt needs."""

from __future__ import annotations

from importlib.metadata import Distribution
from typing import Any

import pytest

from licences import SAID_ELSEWHERE, is_allowed, licence_of, needed_by


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("", False),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
    ],
)
def test_of_alternatives_one_has_to_be_on_the_list_and_of_several_together_each(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) is allowed


class Package(Distribution):
    """A package that is nothing but what it says of itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read_text(self, filename: str) -> str | None:
        return f"Metadata-Version: 2.4\nName: some\nVersion: 1\n{self.text}\n" if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("License-Expression: MIT OR Apache-2.0\nLicense: something", "MIT OR Apache-2.0"),
        ("License: BSD-2-Clause\nClassifier: License :: OSI Approved :: BSD License", "BSD-2-Clause"),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT"),
        ("License: 2-clause BSD", "BSD-2-Clause"),
        ("License: Our own terms apply", "Our own terms apply"),
        ("Summary: says none", ""),
    ],
)
def test_a_licence_is_what_the_package_says_of_itself(text: str, licence: str) -> None:
    assert licence_of(Package(text)) == licence


def test_a_package_may_say_its_licence_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SAID_ELSEWHERE, "some", "MIT")
    assert licence_of(Package("Summary: says none")) == "MIT"
    assert licence_of(Package("License: BSD-2-Clause")) == "BSD-2-Clause"


def test_every_package_that_is_needed_here_has_a_licence_on_the_list() -> None:
    found = list(needed_by("budgetopt", ("charts", "fit", "parquet")))
    assert {"highspy", "numpy", "pandas", "PuLP", "pydantic"} <= {one.name for one in found if one.extra == ""}
    assert "annotated-types" in {one.name for one in found}, "what pydantic needs in turn"
    assert {one.extra for one in found} == {"", "charts", "fit", "parquet"}
    assert len({one.name for one in found}) == len(found)
    assert [one for one in found if not is_allowed(one.licence)] == []
