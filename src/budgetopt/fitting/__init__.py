"""Responses of results to spending, fitted from an office's own history: rows for its table of evidence."""

from budgetopt.fitting.fits import Fits, fit
from budgetopt.fitting.fitted_response import FittedResponse

__all__ = ["Fits", "FittedResponse", "fit"]
