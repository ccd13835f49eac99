"""The command line: one file a command; each parses options, calls, prints, and returns its exit code."""
