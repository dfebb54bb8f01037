"""The packaged policy, price overrides and overlap groups."""
