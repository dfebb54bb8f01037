"""The library of use cases: what an entry is, what it is worth to others, how it is found and kept harmless. Pure."""
