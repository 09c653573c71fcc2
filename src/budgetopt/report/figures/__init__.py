"""Figures as every medium shows them: rounded once, named, with their units and sources."""
