"""A scenario as a linear program: columns and rows as arrays with labels. No files and no solver here."""

from budgetopt.formulation.formulate import Formulation, formulate
from budgetopt.formulation.linear_program import Block, Labels, LinearProgram, Matrix, Stage, TieBreak

__all__ = ["Block", "Formulation", "Labels", "LinearProgram", "Matrix", "Stage", "TieBreak", "formulate"]
