"""Use cases as functions: the only layer that opens transactions and calls the matcher."""
