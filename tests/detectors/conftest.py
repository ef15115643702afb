"""What all tests of the detectors share."""

from __future__ import annotations

from hypothesis import settings

# A kernel compiles on its first call when the cache is not filled, so the first example may take seconds.
settings.register_profile("detectors", deadline=None)
settings.load_profile("detectors")
