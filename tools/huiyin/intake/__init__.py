"""Taking messages over from the platforms' spreadsheets."""
