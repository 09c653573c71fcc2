"""What contradicts what in a scenario without a plan, and the repairs of least cost."""
