"""`learning`: calibration error, precision at the tier's threshold and recall, before and after 500 verdicts.

The verdicts are on findings about one half of the brands, drawn at random as they come up: most on alerts, some on the
sample of what was screened. After every hundred the calibration that follows from all of them is put in force, as
`rightswatch calibration apply` does. What is measured are the findings about the other half, before and after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from statistics import fmean

from benchmarks.accuracy.corpus import shipped
from benchmarks.accuracy.making import SEED
from benchmarks.accuracy.measure import Work, prepare
from benchmarks.accuracy.run import quick_work
from benchmarks.accuracy.scores import Share
from benchmarks.learning.truth import Finding, Floor, Scene, of_brands, scene
from benchmarks.records import BenchmarkError, Row
from detectors.calibration.document import UNCALIBRATED
from detectors.calibration.measures import Scored, brier_score, calibration_error
from detectors.calibration.proposal import propose
from detectors.scoring import shipped_score
from detectors.watchlist import Watchlist

VERDICTS, EVERY = 500, 100
OF_SCREENED = 50  # of the verdicts
DRAWS = 3  # which brands are judged and which verdicts are given is chance
MADE_AT = "2026-11-29T12:00:00.000Z"
ANY_USE_EVERY = 2  # every second holder of the watchlist wants to hear of every use, so honest sellers alert too
OWN_THRESHOLD = 0.5
PEER = "the scores as shipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """How good scores are on brands that nobody judged. `at_tier` counts what is of the medium tier or above."""

    error: float
    brier: float
    precision_at_tier: Share
    recall_at_tier: Share
    recall: Share


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when there are not enough findings to judge."""
    work = quick_work() if quick else prepare(shipped(), cases=200, offers=None, numbers=2500)
    draws = learn(work, range(SEED, SEED + DRAWS))
    return [
        _row("calibration error", draws, lambda one: one.error, is_lower_better=True),
        _row("Brier score", draws, lambda one: one.brier, is_lower_better=True),
        _row("precision at the medium tier's threshold", draws, lambda one: one.precision_at_tier.value),
        _row("recall at the medium tier's threshold", draws, lambda one: one.recall_at_tier.value),
        _row("recall of all tiers", draws, lambda one: one.recall.value),
    ]


def learn(work: Work, seeds: Sequence[int]) -> list[tuple[Learned, Learned]]:
    """Before and after VERDICTS verdicts, for each seed: it says which brands are judged, and which verdicts given."""
    stage = scene(replace(work, watchlist=tuple(_under_policy(work))))
    floor = Floor(stage)
    plain = floor.look(floor.calibrated({}))
    draws = []
    for seed in seeds:
        watchlist = _calibrated(floor, _drawn(of_brands(plain, seed, judged=True), Random(seed)))
        draws.append((_measured(plain, stage, seed), _measured(floor.look(watchlist), stage, seed)))
    return draws


def _under_policy(work: Work) -> list[Mapping[str, object]]:
    return [
        {**right, "policy": "any_use"} if number % ANY_USE_EVERY == 0 and right["kind"] == "trademark" else right
        for number, right in enumerate(work.watchlist)
    ]


def _drawn(found: Sequence[Finding], rng: Random) -> list[list[Finding]]:
    """VERDICTS groups (a listing and a right), each with what several detectors found, in the order of judging."""
    groups: dict[tuple[str, str | None, bool], list[Finding]] = defaultdict(list)
    for one in found:
        groups[one.case, one.judged.right_id, one.judged.screened != ""].append(one)
    alerts = [group for key, group in sorted(groups.items(), key=str) if not key[2]]
    screened = [group for key, group in sorted(groups.items(), key=str) if key[2]]
    if len(alerts) < VERDICTS - OF_SCREENED or len(screened) < OF_SCREENED:
        raise BenchmarkError(f"{len(alerts)} alerts and {len(screened)} screened matches are too few to judge")
    drawn = rng.sample(alerts, VERDICTS - OF_SCREENED) + rng.sample(screened, OF_SCREENED)
    rng.shuffle(drawn)
    return drawn


def _calibrated(floor: Floor, verdicts: Sequence[Sequence[Finding]]) -> Watchlist:
    in_force, watchlist = UNCALIBRATED, floor.calibrated({})
    for count in range(EVERY, len(verdicts) + 1, EVERY):
        judged = [one.judged for group in verdicts[:count] for one in group]
        rules = watchlist.rules
        proposal = propose(judged, in_force, partial(shipped_score, rules), lambda _: OWN_THRESHOLD, MADE_AT)
        watchlist = floor.calibrated(proposal.document)
        in_force = proposal.calibration
    return watchlist


def _measured(found: Sequence[Finding], stage: Scene, seed: int) -> Learned:
    """Of the brands that nobody judged. A case counts as found once any detector raised it."""
    alerts = [one for one in of_brands(found, seed, judged=False) if not one.judged.screened]
    at_tier = [one for one in alerts if one.tier != "low"]
    scored = [Scored(one.judged.score, one.judged.is_infringing) for one in alerts]
    error, brier = calibration_error(scored), brier_score(scored)
    if error is None or brier is None:
        raise BenchmarkError("nothing alerts about the brands that are measured")
    cases = {case for case in stage.infringed if not stage.is_judged(case, seed)}
    return Learned(
        error=error,
        brier=brier,
        precision_at_tier=Share(sum(one.judged.is_infringing for one in at_tier), len(at_tier)),
        recall_at_tier=_recall(at_tier, cases),
        recall=_recall(alerts, cases),
    )


def _recall(alerts: Sequence[Finding], cases: set[str]) -> Share:
    return Share(len(cases & {one.case for one in alerts if one.judged.is_infringing}), len(cases))


def _row(
    name: str,
    draws: Sequence[tuple[Learned, Learned]],
    value: Callable[[Learned], float],
    *,
    is_lower_better: bool = False,
) -> Row:
    """The means over the draws, and how far apart these are."""
    before, after = ([value(draw[when]) for draw in draws] for when in (0, 1))
    was, now = fmean(before), fmean(after)
    spread = f"{min(after):.3f} to {max(after):.3f}, before {min(before):.3f} to {max(before):.3f}"
    better, worse = (was, now) if is_lower_better else (now, was)
    return Row(
        metric=f"{name}, {VERDICTS} verdicts on other brands ({len(draws)} draws: {spread})",
        unit="",
        ours=now,
        peer=was,
        peer_name=PEER,
        ratio=better / worse if worse else 1.0,
    )
