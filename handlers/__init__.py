"""What Slack starts: parse, read, decide, show. No rule, SQL or block lives here."""
