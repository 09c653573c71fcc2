"""The best value against a number, and outcomes against each other."""
