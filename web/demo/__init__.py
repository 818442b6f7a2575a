"""The demonstration: an invented office, a local mailbox, and everything that runs them."""
