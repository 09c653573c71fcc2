"""Motions on a plan, and the log from proposed to adopted."""
