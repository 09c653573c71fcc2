"""Benchmarks: one budget problem, solved by budgetopt and by other ways to solve the same, side by side in one run."""
