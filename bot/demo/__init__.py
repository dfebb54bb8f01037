"""Trying the real bot: on a local Slack, with a made-up company, on a database that is thrown away."""
