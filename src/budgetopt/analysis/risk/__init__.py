"""Uncertain effects and revenues: ensembles, the value of information, robust plans, trees of forecasts."""
