"""Hints: pure rules that look at one person's own rows and say at most one thing worth a look."""
