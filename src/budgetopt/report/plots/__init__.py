"""Charts by Altair, for notebooks and files."""
