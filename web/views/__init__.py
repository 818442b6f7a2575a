"""A blueprint per feature, each in its own module as `blueprint`: parse, call one service, answer."""
