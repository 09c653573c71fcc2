"""Understand an office's own budget file: where its table is, what its columns hold, which of its rows are totals."""
