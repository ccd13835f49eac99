"""``make corpus N=100000``: an instance under build/corpus/<N>/, with its own Git repository."""

from __future__ import annotations

import argparse
import time

from bench.corpus import SEED, make
from bench.corpus.instance import PROJECT


def main() -> None:
    """Make it and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, help="number of cases")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    root = PROJECT / "build" / "corpus" / str(options.size)
    begun = time.perf_counter()
    commit = make(options.size, root, options.seed)
    print(f"{options.size} cases in {time.perf_counter() - begun:.0f} s: {root.relative_to(PROJECT)} at {commit}")


if __name__ == "__main__":
    main()
