"""Rounds beyond an office: compiled search for plans, and bounds that cost about as much as the pairs."""
