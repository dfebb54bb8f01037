"""The organisation's report: what is told of a block, about the company and never about a person."""
