"""The sections of a report, each declared once for every medium."""
