"""Plans, scenarios, edited copies and budget files side by side, with benchmark plans."""
