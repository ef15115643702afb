"""What may be seen is asked once for all who wait with the same limits."""

from __future__ import annotations

import asyncio

import pytest

from dashboards.access import sights as sights_module
from dashboards.access.principal import LOCAL, Principal
from dashboards.access.sights import Sights
from dashboards.problems import Problem
from sinks.visible import Visible


def holder(name: str) -> Principal:
    return Principal(account_id=name, name=name, roles=frozenset(), permissions=frozenset(), holders=frozenset({name}))


class Rights:
    """Who has which rights, and how often that was asked."""

    def __init__(self) -> None:
        self.owned = {"h1": {"R1"}, "h2": {"R2"}}
        self.asked = 0
        self.away = False

    async def __call__(self, principal: Principal) -> Visible:
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.away:
            raise Problem(503, "store_unavailable", "away")
        assert principal.holders is not None
        owned = frozenset(right for name in principal.holders for right in self.owned[name])
        return Visible(holders=principal.holders, rights=owned)


@pytest.mark.asyncio
async def test_hundreds_with_the_same_limits_are_one_question() -> None:
    rights = Rights()
    sights = Sights(rights)
    seen = await asyncio.gather(*(sights.of(holder(f"h{1 + number % 2}")) for number in range(200)))
    assert {visible.rights for visible in seen} == {frozenset({"R1"}), frozenset({"R2"})}
    assert rights.asked == 2


@pytest.mark.asyncio
async def test_who_sees_everything_asks_nothing() -> None:
    rights = Rights()
    assert (await Sights(rights).of(LOCAL)).is_everything
    assert rights.asked == 0


@pytest.mark.asyncio
async def test_a_right_that_changed_hands_is_seen_by_its_new_holder_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights_module, "FRESH_SECONDS", 0.1)
    rights = Rights()
    sights = Sights(rights)
    await sights.of(holder("h1"))
    rights.owned["h1"] = set()
    await asyncio.sleep(0.11)
    assert (await sights.of(holder("h1"))).rights == frozenset()


@pytest.mark.asyncio
async def test_an_answer_is_asked_for_again_before_it_is_old_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights_module, "FRESH_SECONDS", 2.0)
    rights = Rights()
    sights = Sights(rights)
    await sights.of(holder("h1"))
    rights.owned["h1"] = {"R9"}
    await asyncio.sleep(1.05)
    assert (await sights.of(holder("h1"))).rights == frozenset({"R1"})
    await asyncio.sleep(0.1)
    assert (await sights.of(holder("h1"))).rights == frozenset({"R9"})
    assert rights.asked == 2


@pytest.mark.asyncio
async def test_while_nobody_can_say_it_all_are_told_so_and_then_asked_again() -> None:
    rights = Rights()
    rights.away = True
    sights = Sights(rights)
    told = await asyncio.gather(*(sights.of(holder("h1")) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [Problem] * 3
    rights.away = False
    assert (await sights.of(holder("h1"))).rights == frozenset({"R1"})


@pytest.mark.asyncio
async def test_an_alert_of_a_right_newer_than_the_answer_is_not_kept_from_its_holder() -> None:
    rights = Rights()
    sights = Sights(rights)
    await sights.of(holder("h1"), 1)
    rights.owned["h1"] = {"R1", "R9"}
    seen = await asyncio.gather(*(sights.of(holder("h1"), 2) for _ in range(200)))
    assert {visible.rights for visible in seen} == {frozenset({"R1", "R9"})}
    assert rights.asked == 2


@pytest.mark.asyncio
async def test_a_question_that_was_asked_too_early_is_asked_again() -> None:
    rights = Rights()
    sights = Sights(rights)
    early = asyncio.create_task(sights.of(holder("h1"), 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # it is under way
    late = asyncio.create_task(sights.of(holder("h1"), 2))
    await early
    rights.owned["h1"] = {"R9"}
    assert (await late).rights == frozenset({"R9"})


@pytest.mark.asyncio
async def test_alerts_of_one_revision_are_one_question_however_many_they_are() -> None:
    rights = Rights()
    sights = Sights(rights)
    for _ in range(50):
        await sights.of(holder("h1"), 7)
    assert rights.asked == 1
