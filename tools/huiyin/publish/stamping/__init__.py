"""Stamping: MkDocs renders the frame of a kind of page once, and every page of that kind fills it (design §8)."""
