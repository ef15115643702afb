"""What a person hears of fetching without a metrics server: one line in the log when most of it fails."""

from __future__ import annotations

import logging
from collections import Counter

from prometheus_client import CollectorRegistry

from streams.fetching.fetcher import STAGE

logger = logging.getLogger(__name__)
MOSTLY = 0.5  # of the URLs since the last report
NAMED = 4  # reasons, the most frequent


class FetchReport:
    """Call `tell` now and then; it looks at what was counted since it was last called."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._told: Counter[str] = Counter()

    def tell(self) -> None:
        """Log a warning when most URLs were refused."""
        counted = self._counted()
        since, self._told = counted - self._told, counted
        fetched = since.pop("", 0)
        refused = since.total()
        if refused > MOSTLY * (fetched + refused):
            reasons = ", ".join(f"{reason} {number:,}" for reason, number in since.most_common(NAMED))
            logger.warning(
                "pictures: %s of %s URLs could not be fetched (%s), and nothing is looked for in them. Is this machine "
                "allowed out, and does [fetching] allow what the shops use?",
                f"{refused:,}",
                f"{fetched + refused:,}",
                reasons,
            )

    def _counted(self) -> Counter[str]:
        """URLs by the reason for which there is no picture; under "" those that have one."""
        found: Counter[str] = Counter()
        for family in self._registry.collect():
            for sample in family.samples:
                if sample.labels.get("stage") == STAGE and sample.name == "rightswatch_sent_total":
                    found[""] += int(sample.value)
                elif sample.labels.get("stage") == STAGE and sample.name == "rightswatch_dropped_total":
                    found[sample.labels["reason"]] += int(sample.value)
        return found
