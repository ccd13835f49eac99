"""A synthetic case log: seeded, so that the same size is the same bytes and the same commit on every machine.

Every text is invented and says so (演示); all routes, states and events of the procedure occur, in proportions as a
province has them. ``documents`` and ``write`` are for use in a process; ``make`` lays out an instance with its own Git
repository; ``change`` is one day's work on it.
"""

from bench.corpus.changing import change
from bench.corpus.instance import make
from bench.corpus.making import FIRST_DAY, LAST_DAY, MOMENT, SEED, documents, path_of, write

__all__ = ["FIRST_DAY", "LAST_DAY", "MOMENT", "SEED", "change", "documents", "make", "path_of", "write"]
