"""Pictures by URL through real servers: from the page to the alert with its evidence, whatever servers and kills do."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaConsumer
from PIL import Image, ImageDraw, ImageFont

from detectors.pictures.looking import Watched, watch
from sinks.clickhouse.reader import AlertReader
from sinks.operational.picture_store import PictureStore
from sinks.operational.rights_store import RightsStore
from streams.broker.topics import client_options
from streams.fetching.tasks import unpack
from streams.pictures.looking_again import looking_again
from streams.replay import replay
from streams.watched_pictures import PictureKeeper
from tests.detectors.pictures.edited import PROTECTED, cropped_and_covered, original, sent
from tests.streams.proxy import Proxy
from tests.streams.shop import Shop, open_shop, right_of_the_photograph
from tests.streams.world import Process, StartProcess, World, right, until
from tests.streams.writing import running_writer


def alerts(world: World) -> list[dict[str, Any]]:
    rows = world.rows("SELECT document FROM alerts FINAL ORDER BY toUInt32(listing_id)")
    return [orjson.loads(document) for (document,) in rows]


def start_pictures(start: StartProcess, shop: Shop, folder: Path, **variables: str) -> Process:
    return start("pictures", **shop.variables(folder), **variables)


def is_through(process: Process, messages: int) -> bool:
    return process.metric("rightswatch_picture_messages_total") == messages


@pytest.mark.asyncio
async def test_a_listing_with_a_copy_behind_a_url_becomes_an_alert_with_its_picture_kept(
    world: World, start: StartProcess, tmp_path: Path
) -> None:
    world.apply(right_of_the_photograph())
    async with running_writer(world), open_shop() as shop:
        body = b"\n".join([shop.offer(1, "plain.jpg", "copy/7.jpg"), shop.offer(2, "plain.jpg"), shop.offer(3)])
        worker, pictures = start("worker"), start_pictures(start, shop, tmp_path)
        await until(lambda: worker.ready() and pictures.ready())
        await world.send_pages([body])
        await until(lambda: len(alerts(world)) == 1)
        (alert,) = alerts(world)
        with AlertReader(world.settings.clickhouse) as reader:
            page = reader.page(alert["page"])
            assert page is not None
            assert page.body == body
            (reason,) = alert["reasons"]
            assert (alert["detector"], alert["listing_id"], reason["field"]) == ("image_copy", "1", "images[1]")
            kept = reader.picture(reason["picture"])
            assert kept is not None
            assert replay(alert["alert_id"], reader, RightsStore(world.settings.operational)).is_identical
        (row,) = world.rows(
            "SELECT url, width > 0, height > 0, media_type, length(content) FROM picture_evidence FINAL"
        )
        assert row == (shop.url("copy/7.jpg").replace(f":{shop.port}", ""), 1, 1, "image/jpeg", len(kept))
        (seen,) = world.rows("SELECT groupArray((listing_id, image)) FROM picture_looks FINAL")
        assert seen == ([("1", 1)],)  # nothing can be seen in the plain one
        await until(lambda: is_through(pictures, 1))
        assert shop.asked == {"plain.jpg": 1, "copy/7.jpg": 1}


def worded(text: str) -> bytes:
    """A label with nothing on it but words."""
    label = Image.new("RGB", (500, 160), "white")
    ImageDraw.Draw(label).text((40, 40), text, fill="black", font=ImageFont.load_default(64))
    return sent(label)


@pytest.mark.asyncio
async def test_a_covered_copy_and_a_label_are_found_by_a_closer_look_and_replay_the_same(
    world: World, start: StartProcess, tmp_path: Path
) -> None:
    watched = watch(original(PROTECTED))
    assert isinstance(watched, Watched)
    with closing(PictureStore(world.settings.operational)) as store:
        keeper = PictureKeeper(store)
        keeper.keep([watched])
        keeper.flush()
    image = {"path": PROTECTED, **watched.fields}
    world.apply({"op": "put", "right": {"right_id": "DESIGN", "kind": "design", "images": [image]}})
    world.apply(right("MARK", "LUMORA"))
    async with running_writer(world), open_shop() as shop:
        shop.pictures |= {"covered.jpg": sent(cropped_and_covered()), "label.jpg": worded("LUMORA")}
        worker, pictures = start("worker"), start_pictures(start, shop, tmp_path)
        await until(lambda: worker.ready() and pictures.ready())
        await world.send_pages([b"\n".join([shop.offer(1, "covered.jpg"), shop.offer(2, "label.jpg")])])
        await until(lambda: len(alerts(world)) == 2)
        found = [(alert["detector"], alert["right_id"], alert["reasons"][0]["how"]) for alert in alerts(world)]
        assert found == [("image_copy", "DESIGN", "features"), ("logo", "MARK", "identical")]
        with (
            AlertReader(world.settings.clickhouse) as reader,
            closing(PictureStore(world.settings.operational)) as store,
        ):
            rights, look = RightsStore(world.settings.operational), looking_again(store)
            results = [replay(alert["alert_id"], reader, rights, look) for alert in alerts(world)]
        assert [result.differences for result in results] == [(), ()]
        assert all(result.is_identical for result in results)
        assert pictures.labelled("rightswatch_picture_costly_steps_total", step="words", outcome="run") == 2
        assert pictures.metric("rightswatch_picture_words_total") == 2


@pytest.mark.asyncio
async def test_hostile_and_broken_urls_are_counted_and_hold_up_nobody(
    world: World, start: StartProcess, tmp_path: Path
) -> None:
    world.apply(right_of_the_photograph())
    async with running_writer(world), open_shop() as shop:
        hostile = [
            "https://169.254.169.254/latest/meta-data", f"https://inside.example:{shop.port}/a.jpg",
            "http://pictures.example/a.jpg", "file:///etc/passwd", "page.jpg", "gone.jpg", "down.jpg", "plain.jpg",
        ]  # fmt: skip
        shop.closed.add("slow.jpg")
        worker, pictures = start("worker"), start_pictures(start, shop, tmp_path)
        await until(lambda: worker.ready() and pictures.ready())
        await world.send_pages(
            [shop.offer(1, "slow.jpg", "copy/1.jpg"), shop.offer(2, *hostile), shop.offer(3, "copy/3.jpg")]
        )
        await until(
            lambda: [alert["listing_id"] for alert in alerts(world)] == ["3"]
        )  # the slow one holds up only its own
        await until(lambda: is_through(pictures, 2))
        shop.opened.set()
        await until(lambda: [alert["listing_id"] for alert in alerts(world)] == ["1", "3"])
        refused = {
            reason: pictures.labelled("rightswatch_dropped_total", stage="fetch", reason=reason)
            for reason in ("address", "scheme", "not_a_picture", "gone", "server_error")
        }
        assert refused == {"address": 2, "scheme": 2, "not_a_picture": 1, "gone": 2, "server_error": 1}
        outcomes = {
            name: pictures.labelled("rightswatch_pictures_total", outcome=name) for name in ("seen", "low_quality")
        }
        assert outcomes == {"seen": 2, "low_quality": 1}


@pytest.mark.asyncio
async def test_while_clickhouse_is_away_pictures_wait_and_texts_go_on(
    world: World, start: StartProcess, tmp_path: Path
) -> None:
    world.apply(right_of_the_photograph(), right("R1", "ZORBEX"))
    proxy = Proxy(world.settings.clickhouse.port)
    await proxy.open()
    async with running_writer(world), open_shop() as shop:
        pictures = start_pictures(start, shop, tmp_path, RIGHTSWATCH_CLICKHOUSE_PORT=str(proxy.port))
        worker = start("worker")
        await until(lambda: worker.ready() and pictures.ready())
        await proxy.close()
        await world.send_pages([shop.offer(1, "copy/1.jpg", title="ZORBEX shoes")])
        await until(lambda: pictures.labelled("rightswatch_retries_total", stage="picture_store") > 0)
        await until(lambda: [alert["detector"] for alert in alerts(world)] == ["mark"])
        await proxy.open()
        await until(lambda: sorted(alert["detector"] for alert in alerts(world)) == ["image_copy", "mark"])
        assert world.count("picture_evidence") == 1
    await proxy.close()


@pytest.mark.asyncio
async def test_a_kill_half_way_costs_no_alert_and_doubles_none(
    world: World, start: StartProcess, tmp_path: Path
) -> None:
    world.apply(right_of_the_photograph())
    number = 24
    async with running_writer(world), open_shop() as shop:
        shop.closed |= {f"copy/{n}.jpg" for n in range(number // 2, number)}
        worker = start("worker")
        first = start_pictures(start, shop, tmp_path, RIGHTSWATCH_PICTURES_MESSAGES="2")
        await until(lambda: worker.ready() and first.ready())
        await world.send_pages([shop.offer(n, f"copy/{n}.jpg") for n in range(number)])
        await until(lambda: len(shop.asked.keys() & shop.closed) == 2)  # some done, two in hand, the others wait
        first.kill()
        done = len(alerts(world))
        shop.opened.set()
        second = start_pictures(start, shop, tmp_path)
        await until(lambda: len(alerts(world)) == number)
        await until(second.ready)
        assert done < number
        for table, rows in (("alerts", number), ("picture_looks", number), ("picture_evidence", number)):
            assert world.count(table) == rows
        await until(lambda: second.metric("rightswatch_picture_lag_messages") == 0)


@pytest.mark.asyncio
async def test_a_right_added_later_finds_pictures_fetched_before_without_asking_again(
    world: World, start: StartProcess, tmp_path: Path
) -> None:
    other = right_of_the_photograph("OTHER")
    other["right"]["images"][0]["pdq"] = "0f" * 32
    world.apply(other)
    async with running_writer(world), open_shop() as shop:
        worker, pictures = start("worker"), start_pictures(start, shop, tmp_path)
        await until(lambda: worker.ready() and pictures.ready())
        await world.send_pages([shop.offer(1, "copy/1.jpg"), shop.offer(2, "copy/2.jpg", state="delisted")])
        await until(lambda: is_through(pictures, 2) and world.count("screenings") == 2)
        assert alerts(world) == []
        asked = shop.asked.copy()
        world.apply(right_of_the_photograph())
        start("retro", RIGHTSWATCH_RETRO_SETTLE_SECONDS="1")
        await until(lambda: len(alerts(world)) == 1)
        (alert,) = alerts(world)
        assert (alert["listing_id"], alert["right_id"], alert["retrospective"]) == ("1", "CN-D-1", True)
        assert shop.asked == asked
        with AlertReader(world.settings.clickhouse) as reader:
            assert replay(alert["alert_id"], reader, RightsStore(world.settings.operational)).is_identical


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("enabled", "words", "has_picture", "wanted"),
    [("yes", "no", True, 1), ("no", "yes", True, 0), ("yes", "no", False, 0), ("yes", "yes", False, 1)],
)
async def test_pictures_are_asked_for_when_a_right_has_one_or_words_are_read_and_the_settings_want_it(
    world: World, start: StartProcess, enabled: str, words: str, has_picture: bool, wanted: int
) -> None:
    body = orjson.dumps({"platform": "p", "listing_id": "1", "title": "a", "images": [{"url": "https://a.example/"}]})
    world.apply(right_of_the_photograph() if has_picture else right("R", "ZORBEX"))
    worker = start("worker", RIGHTSWATCH_PICTURES_ENABLED=enabled, RIGHTSWATCH_PICTURE_WORDS_ENABLED=words)
    await until(worker.ready)
    await world.send_pages([body])
    await until(lambda: worker.metric("rightswatch_pages_total") == 1)
    found = await messages(world, wanted)
    tasks = [task for message in found if (task := unpack(message)) is not None]
    assert [task.page.digest for task in tasks] == [hashlib.sha256(body).hexdigest()] * wanted


async def messages(world: World, most: int) -> list[bytes]:
    """What stands in the topic `pictures`, and one more than expected if there is."""
    consumer = AIOKafkaConsumer(
        world.topics.pictures, **client_options(world.settings.kafka), auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found = await consumer.getmany(timeout_ms=1_000, max_records=most + 1)
        return [record.value for records in found.values() for record in records]
    finally:
        await consumer.stop()
