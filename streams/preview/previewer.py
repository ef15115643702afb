"""Screens a random sample of last week's pages with a right as it is and as it would be, within a few seconds."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from detectors.pictures.seen import Looks
from detectors.records import Alert, Page
from sinks.clickhouse.stored_pages import StoredPages
from sinks.operational.rights_store import RightsStore
from sinks.settings import ClickHouseSettings
from streams.pipeline import NO_LOOKS
from streams.preview.comparing import Forms, Side, compare_page, forms_of
from streams.preview.estimating import Estimate, estimate

DAYS: Final = 7
MOST_PAGES: Final = 2_000
PAGES_AT_ONCE: Final = 20  # read in one query: up to 18 MB
SECONDS: Final = 6.0  # then it answers with what it has; a person is waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What came of it. `pages` of `all_pages` were looked at; where those are all, the figures are exact."""

    pages: int
    all_pages: int
    days: int
    raised: Estimate
    silenced: Estimate
    raised_examples: tuple[Alert, ...]
    silenced_examples: tuple[Alert, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "pages": self.pages,
            "all_pages": self.all_pages,
            "days": self.days,
            "raised": self.raised.to_json(),
            "silenced": self.silenced.to_json(),
            "raised_examples": [alert.to_json() for alert in self.raised_examples],
            "silenced_examples": [alert.to_json() for alert in self.silenced_examples],
        }


@dataclass(frozen=True, slots=True)
class Previewer:
    """Usable from any thread; each preview has a connection of its own."""

    clickhouse: ClickHouseSettings
    rights: RightsStore
    seconds: float = SECONDS
    monotonic: Callable[[], float] = time.monotonic

    def preview(
        self,
        right_id: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        *,
        now: datetime,
    ) -> Previewed:
        """What `after` in place of `before` would have meant. None: no right. The same right asks the same pages.

        Raises:
            RightError: one of them cannot be watched for.
            StoreError: as the stores do.
        """
        end = self.monotonic() + self.seconds
        raised, silenced = Side(), Side()
        revision = self.rights.revision()
        forms = forms_of(self.rights.at(revision, [right_id]), before, after, revision + 1)
        with closing(StoredPages(self.clickhouse)) as stored:
            seed = int.from_bytes(hashlib.sha256(right_id.encode("utf-8", "replace")).digest()[:8])
            sample = stored.sample(since=now - timedelta(days=DAYS), until=now, limit=MOST_PAGES, seed=seed)
            for page, looks in _read(stored, sample.digests, forms):
                compare_page(page, forms, looks, raised, silenced)
                if self.monotonic() > end:
                    break
        pages = len(raised.counts)
        return Previewed(
            pages=pages,
            all_pages=max(sample.pages, pages),
            days=DAYS,
            raised=estimate(raised.counts, max(sample.pages, pages)),
            silenced=estimate(silenced.counts, max(sample.pages, pages)),
            raised_examples=tuple(raised.examples),
            silenced_examples=tuple(silenced.examples),
        )


def _read(stored: StoredPages, digests: list[str], forms: Forms) -> Iterator[tuple[Page, Looks]]:
    """The pages that are still kept, with what was seen in their pictures."""
    for start in range(0, len(digests), PAGES_AT_ONCE):
        chunk = digests[start : start + PAGES_AT_ONCE]
        pictured = stored.with_looks(chunk, words_only=not forms.has_pictures)
        for digest, page in stored.pages(chunk).items():
            yield page, stored.looks([digest]).get(digest, NO_LOOKS) if digest in pictured else NO_LOOKS
