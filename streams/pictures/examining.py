"""What is seen in a picture's bytes, and what may be spent on that: the one place where costly looks are decided.

The first tier always runs, once for each content. The second tier, and reading words, run as `budget.py` says; a step
that was left out when a picture was first seen may run when the picture comes again, and the second tier counts as
left out for the rights' pictures that are newer. A picture with too little in it for a fingerprint is remembered as
that, whether or not it was read: it is read again only where much speaks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detectors.image_copy import is_copy_at_sight
from detectors.pictures.copies import Look
from detectors.pictures.gallery import Gallery
from detectors.pictures.looking import see, see_closer
from detectors.pictures.outcomes import Refusal
from detectors.pictures.seen import Seen
from detectors.watchlist import Watchlist
from streams.configuration.sections import PictureBudgetSettings
from streams.metrics import PictureMetrics
from streams.pictures.budget import PictureFacts, Step, left_out
from streams.pictures.words import Reader, with_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What speaks for and against a costly look.

    risk : the best text alert's score among the listings that show it, 0 for none.
    queue_age_seconds : how long the oldest message in hand has waited.
    before : what was seen when this very content was examined last; None at first sight.
    """

    risk: float
    queue_age_seconds: float
    before: Seen | Refusal | None = None


Examine = Callable[[bytes, Worth], Seen | Refusal]
"""Called in one thread; what it returns is remembered by content, and handed back as `before` the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """An `Examine`. gallery, watchlist : those in force. reader : None where no words are read."""

    gallery: Callable[[], Gallery]
    watchlist: Callable[[], Watchlist]
    reader: Reader | None
    budget: PictureBudgetSettings
    metrics: PictureMetrics

    def __call__(self, data: bytes, worth: Worth) -> Seen | Refusal:
        return self._read(data, self._look(data, worth), worth)

    def _look(self, data: bytes, worth: Worth) -> Seen | Refusal:
        """Both tiers; the second again where rights' pictures have come since, or much speaks for it."""
        before = worth.before
        if isinstance(before, Refusal):
            return before
        gallery = self.gallery()

        def pays(look: Look) -> bool:
            wanted = len(gallery) > 0 and not is_copy_at_sight(look, self.watchlist())
            is_first_sight = before is None or before.looked_in < gallery.additions
            return self._runs(Step.CLOSER, worth, is_wanted=wanted, is_first_sight=is_first_sight)

        if before is None:
            return see(data, gallery, pays=pays)
        return see_closer(data, before, gallery) if pays(before.look) else before

    def _read(self, data: bytes, seen: Seen | Refusal, worth: Worth) -> Seen | Refusal:
        """With the words: of a picture that has too little in it for a fingerprint too, and of none twice."""
        if isinstance(seen, Refusal):
            wanted, is_first_sight = seen is Refusal.LOW_QUALITY, worth.before is None
        else:
            wanted, is_first_sight = not seen.is_read, True
        wanted = wanted and self.reader is not None
        runs = self._runs(Step.WORDS, worth, is_wanted=wanted, is_first_sight=is_first_sight)
        return with_words(seen, data, self.reader) if runs else seen

    def _runs(self, step: Step, worth: Worth, *, is_wanted: bool, is_first_sight: bool) -> bool:
        """is_first_sight : this step was never taken with this picture and what it is compared with."""
        facts = PictureFacts(
            age_seconds=worth.queue_age_seconds,
            risk=worth.risk,
            is_first_sight=is_first_sight,
            is_wanted=is_wanted,
        )
        left = left_out(step, facts, self.budget)
        self.metrics.costly_steps.labels(step, "run" if left is None else left).inc()
        return left is None
