"""What Huiyin speaks of: cases, events, units, problems. Frozen values; no I/O, no clock."""
