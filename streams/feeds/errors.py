"""What can be wrong with a source of listings. Every message names the place and the remedy."""

from __future__ import annotations

from detectors.errors import RightswatchError


class FeedError(RightswatchError):
    """A source cannot be read, or its cursor does not fit it any more."""
