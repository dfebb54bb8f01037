"""Tables, migrations and queries; returns domain values, never rows."""
