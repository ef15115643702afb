"""The watchlist: all rights and rules at one revision, compiled to columns for matching."""

from detectors.watchlist.builder import WatchlistBuilder
from detectors.watchlist.columns import Watchlist

__all__ = ["Watchlist", "WatchlistBuilder"]
