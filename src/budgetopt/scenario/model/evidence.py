"""The grades of evidence."""

from __future__ import annotations

from typing import Literal

__all__ = ["Evidence"]

Evidence = Literal["rct", "quasi_experimental", "observational", "administrative", "expert", "assumption"]
"""The quality of the evidence, from randomized trials down to what was merely assumed."""
