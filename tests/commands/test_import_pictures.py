"""`rightswatch rights import` with pictures: kept before their rights, once, and found by a gallery afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, text

from detectors.pictures.looking import see
from detectors.pictures.seen import Seen
from detectors.watchlist import Watchlist, WatchlistBuilder
from sinks.operational.picture_store import PictureStore
from sinks.operational.rights_store import RightsStore
from sinks.settings import OperationalSettings
from streams.cli import run
from streams.files.rights import RightsLine, read_rights
from streams.gallery_follower import GalleryFollower
from streams.metrics import GalleryMetrics
from streams.watched_pictures import PictureKeeper, gallery_of
from streams.watchlist_log.follower import NotLoaded
from tests.detectors.pictures.edited import OTHER, PROTECTED, cropped_and_covered, original, sent

DIGESTS = {name: hashlib.sha256(original(name)).hexdigest() for name in (PROTECTED, OTHER)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Rights with pictures; two have the same."""
    for name in DIGESTS:
        (tmp_path / name).write_bytes(original(name))
    named = [("A", [PROTECTED]), ("B", [OTHER, PROTECTED]), ("C", ["missing.jpg"])]
    rights = [{"right_id": one, "kind": "design", "images": [{"path": name} for name in names]} for one, names in named]
    path = tmp_path / "rights.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(right) for right in rights))
    return path


@pytest.fixture
def operational(tmp_path: Path) -> OperationalSettings:
    return OperationalSettings.sqlite(tmp_path / "operational.db")


@pytest.fixture
def store(operational: OperationalSettings) -> Iterator[PictureStore]:
    with closing(PictureStore(operational)) as store:
        yield store


@pytest.fixture
def importing(file: Path, operational: OperationalSettings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Imports the file, of whose rights one is refused."""
    monkeypatch.setenv("RIGHTSWATCH_OPERATIONAL_URL", operational.url)

    def run_import() -> None:
        assert run(["rights", "import", str(file)]) == 1

    return run_import


def watchlist(operational: OperationalSettings) -> Watchlist:
    builder = WatchlistBuilder()
    with closing(RightsStore(operational)) as rights:
        for entry in rights.current():
            builder.apply(entry)
    return builder.build()


def follower(store: PictureStore, current: Callable[[], Watchlist]) -> GalleryFollower:
    return GalleryFollower(store, current, GalleryMetrics(CollectorRegistry()))


def test_pictures_are_kept_with_a_preview_and_their_published_size(
    importing: Callable[[], None], store: PictureStore
) -> None:
    importing()
    kept = store.get(DIGESTS[PROTECTED])
    assert kept
    with Image.open(BytesIO(original(PROTECTED))) as given, Image.open(BytesIO(kept.preview)) as preview:
        assert (kept.width, kept.height) == given.size
        assert preview.format == "JPEG"
    assert store.missing(DIGESTS.values()) == set()


def test_the_right_names_its_picture_by_digest_with_the_places_of_its_views(
    importing: Callable[[], None], operational: OperationalSettings
) -> None:
    importing()
    with closing(RightsStore(operational)) as rights:
        document = rights.get("A")
    assert document
    (image,) = document["images"]
    assert image["digest"] == DIGESTS[PROTECTED]
    assert image["windows"].keys() == {"whole", *image["views"]}


def test_a_second_import_changes_nothing(
    importing: Callable[[], None], operational: OperationalSettings, store: PictureStore
) -> None:
    def state() -> Any:
        with closing(RightsStore(operational)) as rights:
            return rights.revision(), [store.get(digest) for digest in DIGESTS.values()]

    importing()
    first = state()
    importing()
    assert state() == first


def test_pictures_are_there_before_their_right_is(
    importing: Callable[[], None], store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = []

    def apply(_self: RightsStore, changes: list[Any]) -> int:
        named = {image["digest"] for change in changes for image in change["right"]["images"]}
        lacking.append(store.missing(named))
        return 0

    monkeypatch.setattr(RightsStore, "apply", apply)
    importing()
    assert lacking == [set()]


def test_a_gallery_is_filled_from_the_store_and_finds_an_edited_copy(
    importing: Callable[[], None], operational: OperationalSettings, store: PictureStore
) -> None:
    importing()
    following = follower(store, lambda: watchlist(operational))
    following.bring_up_to(watchlist(operational))
    seen = see(sent(cropped_and_covered()), following.gallery)
    assert isinstance(seen, Seen)
    assert [one.registered for one in seen.close] == [DIGESTS[PROTECTED]]


def test_a_gallery_drops_what_nobody_watches_for_any_more(
    importing: Callable[[], None], operational: OperationalSettings, store: PictureStore
) -> None:
    importing()
    following = follower(store, lambda: watchlist(operational))
    following.bring_up_to(watchlist(operational))
    assert following.gallery.digests == set(DIGESTS.values())
    with closing(RightsStore(operational)) as rights:
        rights.apply([{"op": "withdraw", "right_id": "B"}])
    following.bring_up_to(watchlist(operational))
    assert following.gallery.digests == {DIGESTS[PROTECTED]}


def test_a_picture_that_is_damaged_in_the_store_is_named_and_the_others_are_found(
    importing: Callable[[], None],
    operational: OperationalSettings,
    store: PictureStore,
    caplog: pytest.LogCaptureFixture,
) -> None:
    importing()
    engine = create_engine(operational.url)
    with engine.begin() as connection:
        damaged = text("UPDATE watched_picture SET features = substr(features, 1, 900) WHERE digest = :digest")
        connection.execute(damaged, {"digest": DIGESTS[OTHER]})
    engine.dispose()
    following = follower(store, lambda: watchlist(operational))
    for _ in range(2):
        following.bring_up_to(watchlist(operational))
    assert following.gallery.digests == {DIGESTS[PROTECTED]}
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert DIGESTS[OTHER] in errors[0]


@pytest.mark.asyncio
async def test_the_gallery_follows_the_watchlist_in_force(
    importing: Callable[[], None], operational: OperationalSettings, store: PictureStore
) -> None:
    importing()
    builder = WatchlistBuilder()
    with closing(RightsStore(operational)) as rights:
        entries = list(rights.current())
    in_force = [WatchlistBuilder().build()]
    following = follower(store, lambda: in_force[-1])
    steps = []
    for entry in entries:
        await following.follow()
        steps.append((following.revision, len(following.gallery)))
        builder.apply(entry)
        in_force.append(builder.build())
    await following.follow()
    assert [*steps, (following.revision, len(following.gallery))] == [(0, 0), (1, 1), (2, 2)]
    await following.wait_loaded()


@pytest.mark.asyncio
async def test_without_a_watchlist_there_is_nothing_to_follow(store: PictureStore) -> None:
    def not_loaded() -> Watchlist:
        raise NotLoaded("not yet")

    following = follower(store, not_loaded)
    with pytest.raises(NotLoaded):
        await following.follow()
    assert len(following.gallery) == 0


def test_a_gallery_of_one_right_finds_what_that_of_all_found(
    importing: Callable[[], None], operational: OperationalSettings, store: PictureStore
) -> None:
    """So a replay finds again what the stream did."""
    importing()
    following = follower(store, lambda: watchlist(operational))
    following.bring_up_to(watchlist(operational))
    alone = gallery_of(store, [DIGESTS[PROTECTED], "0" * 64])
    assert alone.digests == {DIGESTS[PROTECTED]}
    one, all_ = (see(sent(cropped_and_covered()), gallery) for gallery in (alone, following.gallery))
    assert isinstance(one, Seen)
    assert isinstance(all_, Seen)
    assert one.close == all_.close != ()


def test_what_the_store_has_is_not_worked_out_again(
    file: Path, store: PictureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line, *_) = read_rights(file)
    assert isinstance(line, RightsLine)
    PictureKeeper(store).keep(line.pictures)
    keeper = PictureKeeper(store)
    keeper.keep(line.pictures)
    keeper.flush()
    added: list[int] = []
    monkeypatch.setattr(PictureStore, "add", lambda _self, pictures: added.append(len(pictures)))
    again = PictureKeeper(store)
    again.keep(line.pictures)
    again.flush()
    assert added == [0]
