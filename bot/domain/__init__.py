"""Pure decisions: no clock, no environment, no SQL, no Slack, no network."""
