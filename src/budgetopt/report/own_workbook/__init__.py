"""An office's own workbook or table, filled with the plan."""
