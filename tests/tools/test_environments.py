"""The lowest versions that the ranges of pyproject.toml allow."""

import tomllib

import pytest

from environments import PYPROJECT, pinned_to_lowest


def test_a_range_becomes_its_lowest_version() -> None:
    assert pinned_to_lowest(["numpy>=2.0,<3", "ruamel.yaml >= 0.18.10,<0.20"]) == ["numpy==2.0", "ruamel.yaml==0.18.10"]


@pytest.mark.parametrize("requirement", ["numpy", "numpy<3", "numpy==2.0"])
def test_a_range_without_a_lowest_version_is_refused(requirement: str) -> None:
    with pytest.raises(SystemExit, match="has no lowest version"):
        pinned_to_lowest([requirement])


def test_every_dependency_has_a_lowest_version() -> None:
    wanted = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    assert [pin.split("==")[0] for pin in pinned_to_lowest(wanted)] == [each.split(">=")[0] for each in wanted]
