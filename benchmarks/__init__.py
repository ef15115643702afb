"""Measurements of ours beside a peer or a limit, taken in turn in one run. Nothing here asserts a time."""
