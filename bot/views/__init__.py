"""Domain values to Block Kit dicts; every word that people see lives here."""
