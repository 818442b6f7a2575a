"""Commands of `flask`, a module per feature, each with its list `commands`."""
