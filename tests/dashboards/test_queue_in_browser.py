"""The queue as those who judge have it: in a real browser, over real stores."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from prometheus_client import CollectorRegistry

import dashboards
from dashboards.access.roles import Role
from sinks.clickhouse.triage_rows import TriageWriter
from sinks.live import LiveStream
from sinks.operational.triage_store import TriageStore
from sinks.triage_policy import TriageSettings
from sinks.verdict_codes import REASONS
from streams.triage.metrics import OutboxMetrics
from streams.triage.outbox import OutboxMover
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Stores, WebServer, ask, offer, run_apart

CASES = "#items [role=option]"
READY = "() => document.querySelector('#judging').getAttribute('aria-busy') !== 'true'"


def seen(stores: Stores, *numbers: int, live: bool = False, seller: str = "s1") -> list[str]:
    """Offers that are cases of one right each, as their group ids in the order of the numbers."""
    sold_by = {"id": seller, "name": f"Shop {seller}"}
    alerts = stores.seen(
        *[offer(number, f"replica Quillon pen {number}", seller=sold_by) for number in numbers], live=live
    )
    groups = {alert.listing_id: alert.group_id for alert in alerts}
    return [groups[f"L{number}"] for number in numbers]


def open_queue(page: Page, query: str = "", cases: int | None = None) -> None:
    page.goto(f"/queue{query}")
    page.wait_for_selector(".state-live", state="attached")
    page.wait_for_selector("#items[aria-busy=false]", state="attached")
    if cases is not None:
        expect(page.locator(CASES).first).to_have_attribute("aria-setsize", str(cases))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.wait_for_function(READY)
        page.keyboard.press(key)


def in_hand(page: Page) -> str:
    return page.locator("#case").get_attribute("data-case") or ""


def wait_for_another(page: Page, before: str) -> str:
    page.wait_for_function("before => document.querySelector('#case').dataset.case !== before", arg=before)
    page.wait_for_function(READY)
    return in_hand(page)


def listed(server: WebServer, **filters: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={quote(value)}" for name, value in {"limit": "200", **filters}.items())
    items: list[dict[str, Any]] = ask(server, f"/api/v1/queue?{query}").json["items"]
    return items


def groups_of(items: Iterable[dict[str, Any]]) -> set[str]:
    return {item["group_id"] for item in items}


def post(server: WebServer, path: str, **document: Any) -> dict[str, Any]:
    answer = ask(server, path, method="POST", body=orjson.dumps(document), headers={"Content-Type": "application/json"})
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.json
    return found


def test_thirty_cases_are_judged_by_keyboard_alone(stores: Stores, server: WebServer, page: Page) -> None:
    cases = set(seen(stores, *range(30)))
    open_queue(page, cases=30)
    press(page, "n")
    page.wait_for_selector("#case .badge-mine")
    judged = []
    for number in range(30):
        case = in_hand(page)
        judged.append(case)
        for key in ("y", "1") if number % 3 else ("x", "0"):
            page.keyboard.press(key)
        if number == 4:
            page.keyboard.press("Tab")  # into the note
            page.keyboard.type("y, seen at the counter")
        page.keyboard.press("Enter")
        if number < 29:
            wait_for_another(page, case)
    expect(page.locator(f'{CASES}[data-id="{judged[-1]}"] .badge')).to_have_text("Infringing")
    assert set(judged) == cases
    closed = listed(server, state="closed")
    assert groups_of(closed) == cases
    by_reason = sorted(item["triage"]["reason_code"] for item in closed)
    assert (by_reason.count("counterfeit"), by_reason.count("other_innocent")) == (20, 10)
    assert [item["triage"]["note"] for item in closed if item["group_id"] == judged[4]] == ["y, seen at the counter"]
    expect(page.locator("#todo")).to_have_text("Nothing waits for you")


def test_a_verdict_is_taken_back_and_the_case_is_in_hand_again(stores: Stores, server: WebServer, page: Page) -> None:
    seen(stores, 1, 2)
    open_queue(page, cases=2)
    press(page, "n")
    case = in_hand(page)
    press(page, "x", "8", "Enter")
    wait_for_another(page, case)
    expect(page.locator(f'{CASES}[data-id="{case}"] .badge')).to_have_text("Not infringing")
    press(page, "z")
    expect(page.locator("#case")).to_have_attribute("data-case", case)
    expect(page.locator(f'{CASES}[data-id="{case}"] .badge')).to_have_text("Yours")
    assert groups_of(listed(server, state="closed")) == set()
    expect(page.locator(".history li").first).to_contain_text("Taken back")


def test_all_cases_of_a_seller_are_judged_at_once_after_a_yes_to_their_number(
    stores: Stores, server: WebServer, page: Page
) -> None:
    many, few = seen(stores, 1, 2, 3, 4, seller="s7"), seen(stores, 5, seller="s8")
    open_queue(page)
    press(page, "g")
    expect(page).to_have_url(re.compile("by=seller"))
    expect(page.locator(CASES)).to_have_count(2)
    cause = page.locator(CASES, has_text="Shop s7")
    expect(cause).to_contain_text("4 cases")
    cause.click()
    expect(page.locator(CASES)).to_have_count(4)  # opened: its cases one by one
    press(page, "Escape")
    expect(page.locator(CASES)).to_have_count(2)
    while "s7" not in page.locator(f"{CASES}[aria-selected=true]").inner_text():
        press(page, "j")
    expect(page.locator("#case-body .case-row")).to_have_count(4)
    press(page, "y", "1", "Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Judge 4 cases at once?")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert groups_of(listed(server, state="open")) == {*many, *few}
    press(page, "y", "1", "Enter", "Enter")
    expect(page.locator("#said")).to_contain_text("4 cases: Infringing: counterfeit goods")
    assert groups_of(listed(server, state="closed")) == set(many)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "verdicts.csv"
    assert groups_of(listed(server, state="open")) == set(few)
    press(page, "z")
    expect(page.locator("#said")).to_have_text("Taken back (4)")
    assert groups_of(listed(server, state="open")) == {*many, *few}
    press(page, "k", "k")
    expect(page.locator("#case-body .case-row")).to_have_count(4)
    press(page, "x", "1", "Enter")  # the cases are known as they are now
    expect(dialog).to_contain_text("Judge 4 cases at once?")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("4 cases: Not infringing: licensed seller")


def test_a_case_is_shelved_with_an_end_and_taken_back(stores: Stores, server: WebServer, page: Page) -> None:
    (case,) = seen(stores, 1)
    open_queue(page, cases=1)
    press(page, "s", "3", "Enter")  # a note is needed: the field is asked for
    expect(page.locator("#judging [name=note]")).to_be_focused()
    page.keyboard.type("wave of copies, the platform is told")
    press(page, "Enter")
    expect(page.locator(f'{CASES}[data-id="{case}"] .badge')).to_contain_text("Shelved until")
    (item,) = listed(server, state="shelved")
    assert item["triage"]["shelved_until"] is not None
    page.locator("[data-tab=shelved]").click()
    page.wait_for_selector("#items[aria-busy=false]")
    expect(page.locator(CASES)).to_have_count(1)
    press(page, "s")
    expect(page.locator("#judging [data-act=shelve]")).to_be_visible()
    assert groups_of(listed(server, state="open")) == {case}


def test_all_of_a_seller_is_shelved_and_taken_back_together(stores: Stores, server: WebServer, page: Page) -> None:
    several, other = seen(stores, 1, 2, 3, seller="s7"), seen(stores, 4, seller="s8")
    open_queue(page, f"?case={several[0]}", cases=4)
    press(page, "s", "4")
    page.locator("#judging [name=scope]").select_option("seller")
    page.locator("#judging [name=note]").fill("the platform closes this shop today")
    page.keyboard.press("Enter")
    expect(page.locator(CASES)).to_have_count(1)
    assert groups_of(listed(server, state="open")) == set(other)
    page.locator("[data-tab=shelved]").click()
    page.wait_for_selector("#items[aria-busy=false]")
    expect(page.locator(CASES)).to_have_count(3)
    press(page, "s")
    expect(page.get_by_role("dialog")).to_contain_text("together with all of its seller")
    page.keyboard.press("Enter")
    expect(page.locator(CASES)).to_have_count(0)
    assert groups_of(listed(server, state="open")) == {*several, *other}


def test_what_was_decided_elsewhere_meanwhile_is_shown_where_the_case_is(
    stores: Stores, server: WebServer, page: Page
) -> None:
    case, _ = seen(stores, 1, 2)

    def be_late(route: Route) -> None:
        given = {"group_ids": [case], "verdict": "not_infringing", "reason_code": "licensed"}
        assert len(post(server, "/api/v1/verdicts", **given, versions={case: 0})["given"]) == 1
        route.continue_()

    page.route("**/api/v1/verdicts", be_late)
    open_queue(page, f"?case={case}", cases=2)
    press(page, "y", "2", "Enter")
    refused = page.locator("#refused")
    expect(refused).to_contain_text("Changed meanwhile: Not infringing: licensed seller")
    expect(refused).to_contain_text("Nothing of yours was stored.")
    expect(page.locator("#case")).to_have_attribute("data-case", case)
    expect(page.locator(f'{CASES}[data-id="{case}"] .badge')).to_have_text("Not infringing")


def test_what_others_do_is_shown_where_a_case_stands_and_nothing_moves(
    stores: Stores, server: WebServer, page: Page
) -> None:
    cases = seen(stores, 1, 2, 3)
    open_queue(page, cases=3)
    press(page, "j")
    case, order = in_hand(page), page.eval_on_selector_all(CASES, "rows => rows.map(row => row.dataset.id)")
    given = {"verdict": "infringing", "reason_code": "counterfeit", "note": "sold by the thousand"}
    post(server, "/api/v1/verdicts", group_ids=cases, **given)
    told_live(stores)
    expect(page.locator(f"{CASES} .badge", has_text="Infringing")).to_have_count(3)
    assert page.eval_on_selector_all(CASES, "rows => rows.map(row => row.dataset.id)") == order
    assert in_hand(page) == case
    expect(page.locator("#judging")).to_contain_text("Closed by local. Infringing: counterfeit goods")
    expect(page.locator(".history")).to_contain_text("sold by the thousand")


def told_live(stores: Stores) -> None:
    """What was decided goes to the live stream, as the web process of a service sends it all the time."""

    async def show() -> None:
        policy = TriageSettings()
        with closing(TriageStore(stores.operational, policy)) as judging, TriageWriter(stores.clickhouse) as writer:
            async with LiveStream(stores.redis) as live:
                metrics = OutboxMetrics(CollectorRegistry())
                clock = partial(datetime.now, UTC)
                await OutboxMover(outbox=judging.outbox, writer=writer, live=live, metrics=metrics, clock=clock).show()

    run_apart(show)


def test_a_verdict_whose_answer_is_lost_is_sent_once_more_and_counts_once(
    stores: Stores, server: WebServer, page: Page
) -> None:
    case, other = seen(stores, 1, 2)
    tries: list[int] = []

    def lose_the_first(route: Route) -> None:
        tries.append(1)
        if len(tries) > 1:
            return route.continue_()
        route.fetch()  # it arrives; its answer does not
        return route.abort("connectionreset")

    page.route("**/api/v1/verdicts", lose_the_first)
    open_queue(page, f"?case={case}", cases=2)
    press(page, "y", "1", "Enter")
    wait_for_another(page, case)
    assert len(tries) == 2
    expect(page.locator("#refused")).to_be_hidden()
    (item,) = listed(server, state="closed")
    assert (item["group_id"], item["triage"]["version"]) == (case, 1)
    assert in_hand(page) == other


def test_at_ten_alerts_a_second_no_row_moves_and_none_is_missed(stores: Stores, server: WebServer, page: Page) -> None:
    first = seen(stores, *range(12))
    open_queue(page, cases=12)
    press(page, "n", "j", "j")
    chosen = page.locator(f"{CASES}[aria-selected=true]")
    case, place = in_hand(page), chosen.bounding_box()
    server.stop()
    page.wait_for_selector(".state-down")
    added = seen(stores, *range(100, 130), live=True)
    server.start()
    page.wait_for_selector(".state-live")
    for number in range(130, 150):
        added += seen(stores, number, live=True)
    expect(page.locator("#show-new")).to_have_text("50 new · r")
    assert chosen.get_attribute("data-id") == case
    assert chosen.bounding_box() == place
    expect(page.locator(CASES).first).to_have_attribute("aria-setsize", "12")
    press(page, "y", "1", "Enter")
    wait_for_another(page, case)
    press(page, "r")
    expect(page.locator(CASES).first).to_have_attribute("aria-setsize", "61")
    expect(page.locator("#show-new")).to_be_hidden()
    assert groups_of(listed(server, state="open")) == {*first, *added} - {case}


def test_a_long_queue_has_few_rows_in_the_page(stores: Stores, page: Page) -> None:
    seen(stores, *range(260))
    open_queue(page, cases=200)
    page.locator(f"{CASES}[tabindex='0']").focus()
    for place in ("200", "260"):
        page.keyboard.press("End")
        expect(page.locator(f"{CASES}[aria-selected=true]")).to_have_attribute("aria-posinset", place)
        expect(page.locator(f"{CASES}[aria-selected=true]")).to_have_attribute("aria-setsize", "260")
    assert page.locator(CASES).count() < 60
    expect(page.locator(f"{CASES}[aria-selected=true]")).to_be_focused()


def test_a_queue_longer_than_what_was_read_is_told_as_such_and_is_not_new_after_a_break(
    stores: Stores, server: WebServer, page: Page
) -> None:
    seen(stores, *range(210))
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=5))  # so long after the cases came
    open_queue(page, cases=200)
    expect(page.locator("#todo")).to_contain_text("100+ high alerts open")
    server.stop()
    page.wait_for_selector(".state-down")
    with page.expect_response(lambda answer: "sort=newest" in answer.url and answer.ok):
        server.start()
        page.wait_for_selector(".state-live")
    seen(stores, 300, live=True)
    expect(page.locator("#show-new")).to_have_text("1 new · r")


def test_filters_and_grouping_stay_in_the_address_and_are_saved_as_a_view(stores: Stores, page: Page) -> None:
    seen(stores, 1, 2, seller="s7")
    open_queue(page)
    page.locator("#more-filters").click()
    page.locator("#filters [name=tier]").select_option("high")
    page.locator("#by").select_option("right")
    expect(page).to_have_url(re.compile("(?=.*tier=high)(?=.*by=right)"))
    page.locator("#views").click()
    page.locator("#save-view [name=name]").fill("Rights in a hurry")
    page.locator("#save-view button").click()
    saved = page.locator("#views-list a", has_text="Rights in a hurry")
    expect(saved).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#by").select_option("")
    page.locator("#clear-filters").click()
    page.locator("#views").click()
    saved.click()
    page.wait_for_url(re.compile("(?=.*tier=high)(?=.*by=right)"))
    expect(page.locator("#by")).to_have_value("right")
    expect(page.locator("#filters [name=tier]")).to_have_value("high")
    page.locator("#views").click()
    page.get_by_role("button", name="Delete Rights in a hurry").click()
    expect(saved).to_have_count(0)


def test_a_new_high_alert_sounds_only_once_it_is_switched_on(stores: Stores, page: Page) -> None:
    page.add_init_script(
        "window.tones = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };"
    )
    seen(stores, 1)
    open_queue(page, cases=1)
    seen(stores, 2, live=True)
    expect(page.locator("#show-new")).to_have_text("1 new · r")
    assert page.evaluate("window.tones") == 0
    press(page, "m")
    expect(page.locator("#sound")).to_have_text("Sound on")
    open_queue(page, cases=2)  # remembered
    assert page.evaluate("window.tones") == 0
    seen(stores, 3, live=True)
    page.wait_for_function("() => window.tones > 0")


def test_single_keys_can_be_switched_off(stores: Stores, page: Page) -> None:
    seen(stores, 1)
    open_queue(page, cases=1)
    press(page, "?")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    press(page, "y")
    expect(page.locator("#judging form")).to_have_count(0)
    page.get_by_role("button", name="Infringing", exact=True).click()
    expect(page.locator("#judging form")).to_be_visible()


def test_a_script_in_an_offer_stays_text(stores: Stores, page: Page) -> None:
    script = "<img src=x onerror=document.title='owned'>"
    stores.seen(offer(1, f"replica Quillon {script}", seller={"id": script, "name": script}, price=script), live=False)
    open_queue(page, cases=1)
    expect(page.locator("#case-body .sides")).to_contain_text("<img")
    press(page, "g")
    expect(page.locator(CASES)).to_contain_text("<img")
    expect(page.locator("#case-body .case-row")).to_contain_text("<img")
    assert page.locator("#main img").count() == 0


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_axe_finds_nothing_and_a_phone_is_wide_enough(
    browser: Browser, stores: Stores, server: WebServer, scheme: Any, language: str
) -> None:
    seen(stores, 1, 2)
    seen(stores, 3, seller="x" * 300)
    context = browser.new_context(base_url=server.url, color_scheme=scheme, bypass_csp=True)  # axe is a foreign script
    page = context.new_page()
    open_queue(page, f"?lang={language}", cases=3)
    press(page, "n", "y", "1")
    page.wait_for_selector("#case-body[aria-busy=false]")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    press(page, "Escape", "g")
    page.wait_for_selector("#case-body .case-row")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("#back").click()
    page.locator("#by").select_option("")
    expect(page.locator(CASES)).to_have_count(3)
    page.locator(CASES).first.click()
    page.get_by_role("button", name=re.compile("Infringing|^侵权")).first.click()
    expect(page.locator("#judging form")).to_be_in_viewport()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    context.close()


@contextmanager
def served(stores: Stores, *roles: Role) -> Iterator[WebServer]:
    """A web process whose every request comes from an account with these roles; each verdict is looked at twice."""
    server = WebServer(stores, identify=acting_as(principal(*roles)), policy=TriageSettings(review_share=1.0))
    server.start()
    yield server
    server.stop()


@contextmanager
def browsing(browser: Browser, server: WebServer) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, locale="en-GB", viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_a_reviewer_confirms_one_verdict_and_overrules_another(browser: Browser, stores: Stores) -> None:
    cases = seen(stores, 1, 2)
    with served(stores, Role.OPERATOR) as operators, served(stores, Role.REVIEWER) as reviewers:
        given = {"verdict": "infringing", "reason_code": "counterfeit", "note": "seen at once"}
        assert len(post(operators, "/api/v1/verdicts", group_ids=cases, **given)["given"]) == 2
        with browsing(browser, operators) as page:
            open_queue(page, "?state=review", cases=2)
            expect(page.locator("#judging")).to_contain_text("You gave the first verdict: another person reviews it.")
        with browsing(browser, reviewers) as page:
            open_queue(page, "?state=review", cases=2)
            expect(page.locator("#case-head")).to_contain_text(
                "First verdict, by operator: Infringing: counterfeit goods"
            )
            expect(page.locator("#case-head")).to_contain_text("seen at once")
            confirmed = in_hand(page)
            press(page, "v", "Enter")
            overruled = wait_for_another(page, confirmed)
            press(page, "x", "1", "Enter")
            expect(page.locator(f'{CASES}[data-id="{overruled}"] .badge')).to_have_text("Not infringing")
        held = {item["group_id"]: item["triage"] for item in listed(reviewers, state="closed")}
        assert held[confirmed]["reason_code"] == "counterfeit"
        assert held[overruled]["reason_code"] == "licensed"
        assert {state["judged_by"] for state in held.values()} == {"reviewer"}


def test_an_expert_answers_what_an_operator_asks(browser: Browser, stores: Stores) -> None:
    (case,) = seen(stores, 1)
    with served(stores, Role.OPERATOR) as operators, served(stores, Role.EXPERT) as experts:
        with browsing(browser, operators) as page:
            open_queue(page, cases=1)
            press(page, "e")
            page.keyboard.type("Is the stitching theirs?")
            press(page, "Enter")
            expect(page.locator(f'{CASES}[data-id="{case}"] .badge')).to_have_text("With an expert")
        with browsing(browser, experts) as page:
            open_queue(page, "?state=expert", cases=1)
            expect(page.locator("#todo")).to_have_text("1 question awaits an expert")
            expect(page.locator("#case-body .case-notes")).to_have_text("operator asks: Is the stitching theirs?")
            press(page, "y", "1", "Enter")  # why is needed
            page.keyboard.type("No: theirs is double")
            press(page, "Enter")
            expect(page.locator("#said")).to_contain_text("Opinion given")
        with browsing(browser, operators) as page:
            open_queue(page, cases=1)
            expect(page.locator("#case-body .case-notes")).to_contain_text(
                "Opinion of expert: Infringing: counterfeit goods. No: theirs is double"
            )


def test_who_may_only_look_is_offered_nothing_else(browser: Browser, stores: Stores) -> None:
    seen(stores, 1)
    with served(stores, Role.FAIR_TEAM) as server, browsing(browser, server) as page:
        open_queue(page, cases=1)
        expect(page.locator("#judging .acts .muted")).to_have_text("Your role looks and does not judge.")
        expect(page.locator("#export")).to_be_hidden()
        expect(page.locator("#todo")).to_contain_text("1 high alert open, due in")
        press(page, "y")
        expect(page.locator("#judging form")).to_have_count(0)


def test_an_alert_is_judged_on_its_own_page(stores: Stores, server: WebServer, page: Page) -> None:
    alert, *_ = stores.seen(offer(1, "replica Quillon pen"), live=False)
    page.goto(f"/alerts/{alert.alert_id}")
    page.get_by_role("button", name="Not infringing").click()
    page.get_by_text("genuine goods resold").click()
    page.get_by_role("button", name="Give").click()
    expect(page.locator(".judging")).to_contain_text("Closed by local. Not infringing: genuine goods resold")
    expect(page.locator(".history li")).to_contain_text("Judged Not infringing: genuine goods resold")
    (item,) = listed(server, state="closed")
    assert item["group_id"] == alert.group_id
    page.reload()  # it can still be taken back
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".history li")).to_have_count(2)
    assert groups_of(listed(server, state="open")) == {alert.group_id}


def test_the_reasons_offered_are_those_that_the_server_takes() -> None:
    script = (Path(dashboards.__file__).parent / "static" / "js" / "codes.js").read_text("utf-8")
    lists = re.findall(r"(\w+): \[(.*?)\]", script, re.DOTALL)
    offered = {verdict: tuple(re.findall(r'"(\w+)"', codes)) for verdict, codes in lists}
    assert offered == REASONS
