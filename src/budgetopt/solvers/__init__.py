"""Engines that turn a LinearProgram into a Solution, and the certificate that proves one.

HiGHS gets the arrays directly and is the default; PuLP is the adapter to every other solver. No solver is trusted: each
answer is checked by :func:`certify`, in numpy alone.
"""

from __future__ import annotations

from budgetopt.solvers.certificate import Certificate, certify
from budgetopt.solvers.engine import available_solvers
from budgetopt.solvers.faces import fix_integers
from budgetopt.solvers.model_file import write_model
from budgetopt.solvers.sequence import SolverResult, StageResult, solve_linear_program
from budgetopt.solvers.solution import Options, PointStatus, Solution, Termination

__all__ = [
    "Certificate",
    "Options",
    "PointStatus",
    "Solution",
    "SolverResult",
    "StageResult",
    "Termination",
    "available_solvers",
    "certify",
    "fix_integers",
    "solve_linear_program",
    "write_model",
]
