"""The output folder: brought up to date in place, never emptied, never trusted blindly."""
