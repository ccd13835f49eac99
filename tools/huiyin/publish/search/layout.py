"""The form of the index files, shared by those who write and who read them; see ``docs/search.md``."""

from __future__ import annotations

VERSION = 2
"""Raised whenever the same documents would give other files; old segments are then made anew."""
MAGIC = b"HYB1"
"""The first bytes of a file of pairs."""
ENDING = "bigrams"
SECOND_BITS = 21
"""A term is ``first << 21 | second``: two code points, each below 2²¹."""
FACET = 0x110000
"""The first of a term that is no pair of characters: facet n has 0x110000 + n, its second is the value's number."""
TERM_BYTES = 6
LENGTH_BYTES = 3
HEADER = TERM_BYTES + LENGTH_BYTES
"""An entry: its term, the length of what follows (little-endian), flags, postings."""
BITMAP = 1
"""Flag: the documents of the term are a bitmap, else the gaps between their numbers as varints."""
TITLED = 2
"""Flag: before them stand the documents that have it in the title, with their length (three bytes)."""
TITLE_BITMAP = 4
"""Flag: those are a bitmap."""
FLAGS = BITMAP | TITLED | TITLE_BITMAP
SHARD_BYTES = 16384
"""How large a file of pairs is at most, on average: a query reads one for each pair and segment."""
CHUNK_BYTES = 12288
"""How large a file of texts is on average: a query reads at most one for each result shown."""
CHUNK_DOCUMENTS = 12


def shards_for(size: int) -> int:
    """How many files hold that many bytes of entries.

    In steps (1, 2, 3, 4, 6, 8, 12, 16 and so on), so that a small change leaves every term in its file.
    """
    wanted, count = -(-size // SHARD_BYTES), 1
    while count < wanted:
        count = count * 3 // 2 if count & (count - 1) == 0 and count > 1 else -(-count * 4 // 3)
    return count


def chunk_for(documents: int, size: int) -> int:
    """How many documents stand in a file of texts, where all of them have that many bytes."""
    return max(1, min(CHUNK_DOCUMENTS, CHUNK_BYTES * documents // max(1, size)))
