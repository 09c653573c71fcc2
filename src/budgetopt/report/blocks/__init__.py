"""What a report is made of: tables, charts, paragraphs and live formulas, which every medium draws."""
