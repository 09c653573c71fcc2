"""The media: one page, Markdown, a workbook, the terminal, a notebook."""
