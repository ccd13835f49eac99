"""Huiyin (回音): every message of a citizen gets an answer, on time, and anyone can check that it did."""

__version__ = "0.1.0"
