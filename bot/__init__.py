"""Worthwhile: a person's own AI usage and what came of it, shown to that person only."""
