"""A plan as the sections see it, its short story, and the analyses that were asked for."""
