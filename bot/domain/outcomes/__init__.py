"""Finished work: what was finished, what of it stayed, and what the AI part of it cost."""
