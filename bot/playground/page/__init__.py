"""The page: the local Slack in a browser, two people side by side."""
