"""A year of an office, again and again with other rules: who waits how long, and who carries how much."""
