"""What the process of pictures spends on a picture that comes again."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from detectors.pictures.gallery import Gallery
from detectors.pictures.looking import Watched, watch
from detectors.pictures.seen import Seen
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.configuration.sections import PictureBudgetSettings
from streams.metrics import PictureMetrics
from streams.pictures.examining import Examiner, Worth
from tests.detectors.pictures.edited import OTHER, PROTECTED, cropped_and_covered, original, sent

PICTURE = sent(cropped_and_covered())


def watched(name: str) -> Watched:
    found = watch(original(name))
    assert isinstance(found, Watched)
    return found


def empty_watchlist() -> Watchlist:
    builder = WatchlistBuilder()
    builder.apply({"op": "checkpoint", "revision": 1})
    return builder.build()


def examine(gallery: Gallery, before: Seen | None = None) -> Seen:
    examiner = Examiner(
        gallery=lambda: gallery,
        watchlist=empty_watchlist,
        reader=None,
        budget=PictureBudgetSettings(),
        metrics=PictureMetrics(CollectorRegistry()),
    )
    seen = examiner(PICTURE, Worth(risk=0.0, queue_age_seconds=0.0, before=before))
    assert isinstance(seen, Seen)
    return seen


def test_a_right_that_is_added_later_is_found_in_a_picture_that_is_remembered() -> None:
    other, protected = watched(OTHER), watched(PROTECTED)
    gallery = Gallery({other.digest: other.exemplar})
    before = examine(gallery)
    gallery.add(protected.digest, protected.exemplar)
    assert before.close == ()
    assert [one.registered for one in examine(gallery, before).close] == [protected.digest]


def test_a_picture_is_not_looked_at_again_for_what_it_was_compared_with() -> None:
    other, protected = watched(OTHER), watched(PROTECTED)
    gallery = Gallery({one.digest: one.exemplar for one in (other, protected)})
    before = examine(gallery)
    gallery.keep_only({protected.digest})
    assert examine(gallery, before) is before
