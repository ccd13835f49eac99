"""Speed figures, by ``make bench``: each beside a peer measured in the same run."""
