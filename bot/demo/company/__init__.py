"""Larkfield, a made-up company of 160: who works there, and what they used on any day. Pure."""
