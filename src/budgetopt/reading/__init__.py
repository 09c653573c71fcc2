"""Files to a scenario and back: YAML, CSV and workbooks, files that extend others, changes of single values."""

from budgetopt.reading.load import load

__all__ = ["load"]
