"""Questions about a plan: one module for each."""
