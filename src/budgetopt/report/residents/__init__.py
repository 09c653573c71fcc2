"""The page for residents: a plan in plain language, for a phone first, in English or Spanish."""
