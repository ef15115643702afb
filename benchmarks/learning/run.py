"""`learning`: calibration error, precision at the tier's threshold and recall, before and after 500 verdicts.

The verdicts are on findings about one half of the brands, drawn at random as they come up: most on alerts, some on the
sample of what was screened. After every hundred the calibration that follows from all of them is put in force, as
`rightswatch calibration apply` does. What is measured are the findings about the other half, before and after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from benchmarks.accuracy.corpus import shipped as shipped_corpus
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
    work = quick_work() if quick else prepare(shipped_corpus(), cases=400, offers=None, numbers=5000)
    before, after = learn(work, SEED)
    return [
        _row("calibration error", before.error, after.error, is_lower_better=True),
        _row("Brier score", before.brier, after.brier, is_lower_better=True),
        _shares("precision at the medium tier's threshold", before.precision_at_tier, after.precision_at_tier),
        _shares("recall at the medium tier's threshold", before.recall_at_tier, after.recall_at_tier),
        _shares("recall of all tiers", before.recall, after.recall),
    ]


def learn(work: Work, seed: int) -> tuple[Learned, Learned]:
    """Before and after VERDICTS verdicts. The same seed gives the same draw."""
    stage = scene(replace(work, watchlist=tuple(_under_policy(work))))
    floor = Floor(stage)
    plain = floor.look(floor.calibrated({}))
    watchlist = _calibrated(floor, _drawn(of_brands(plain, seed, judged=True), Random(seed)))
    return _measured(plain, stage, seed), _measured(floor.look(watchlist), stage, seed)


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


def _shares(name: str, before: Share, after: Share) -> Row:
    (low, high), (was_low, was_high) = after.interval, before.interval
    ends = f"95 % {low:.3f} to {high:.3f}, before {was_low:.3f} to {was_high:.3f}"
    return _row(f"{name} (n {after.total}, before {before.total}; {ends})", before.value, after.value)


def _row(name: str, before: float, after: float, *, is_lower_better: bool = False) -> Row:
    better, worse = (before, after) if is_lower_better else (after, before)
    metric = f"{name}, {VERDICTS} verdicts on other brands"
    return Row(metric=metric, unit="", ours=after, peer=before, peer_name=PEER, ratio=better / worse if worse else 1.0)
