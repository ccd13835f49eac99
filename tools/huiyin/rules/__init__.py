"""The regulation: pure functions of their arguments, without clock, file or Git."""
