"""Prices, ranges and break-even points: how the best value answers to changed figures and limits."""
