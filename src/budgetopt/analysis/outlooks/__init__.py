"""Funds year by year, and grants taken or not."""
