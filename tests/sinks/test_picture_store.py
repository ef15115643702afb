"""The rights' pictures in the operational database: put once, found by digest, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from sinks.errors import StoreRefused, StoreUnavailable
from sinks.operational.picture_store import CHUNK, MAX_FEATURES_BYTES, MAX_PREVIEW_BYTES, PictureStore, StoredPicture
from sinks.operational.rights_store import RightsStore
from sinks.operational.schema import watched_picture
from sinks.settings import OperationalSettings


@pytest.fixture
def pictures(operational: OperationalSettings) -> Iterator[PictureStore]:
    store = PictureStore(operational)
    yield store
    store.close()


def digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def picture(number: int, **changes: Any) -> StoredPicture:
    features = bytes([number % 256, 0, 255])
    stored = StoredPicture(digest=digest(number), features=features, preview=b"\xff\xd8\0", height=600, width=800)
    return replace(stored, **changes)


def test_what_was_put_is_read_again(pictures: PictureStore, operational: OperationalSettings) -> None:
    pictures.add([picture(1), picture(2)])
    again = PictureStore(operational)
    assert (again.get(digest(2)), again.get(digest(3))) == (picture(2), None)
    again.close()


def test_a_picture_that_is_there_stays_as_it_is(pictures: PictureStore) -> None:
    pictures.add([picture(1)])
    pictures.add([picture(1, features=b"other", width=5), picture(2), picture(2, height=1)])
    assert [pictures.get(digest(number)) for number in (1, 2)] == [picture(1), picture(2)]


def test_those_that_are_missing_are_named(pictures: PictureStore) -> None:
    pictures.add([picture(number) for number in range(CHUNK + 5)])
    asked = [digest(number) for number in range(CHUNK + 8)]
    assert pictures.missing(asked) == {digest(number) for number in range(CHUNK + 5, CHUNK + 8)}
    assert pictures.missing([]) == set()


def test_features_come_in_chunks_of_what_is_there(pictures: PictureStore) -> None:
    pictures.add([picture(number) for number in range(CHUNK + 5)])
    chunks = list(pictures.features([digest(number) for number in range(CHUNK + 8)]))
    assert max(map(len, chunks)) <= CHUNK
    found = {key: content for chunk in chunks for key, content in chunk.items()}
    assert found == {digest(number): picture(number).features for number in range(CHUNK + 5)}


@pytest.mark.parametrize(
    "bad",
    [
        {"digest": "A" * 64},
        {"digest": "nonsense"},
        {"features": b""},
        {"features": bytes(MAX_FEATURES_BYTES + 1)},
        {"preview": b""},
        {"preview": bytes(MAX_PREVIEW_BYTES + 1)},
    ],
)
def test_a_picture_that_cannot_be_one_refuses_all(pictures: PictureStore, bad: dict[str, Any]) -> None:
    with pytest.raises(StoreRefused):
        pictures.add([picture(1), picture(2, **bad)])
    assert pictures.get(digest(1)) is None


def test_threads_that_put_the_same_pictures_leave_each_once(pictures: PictureStore) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pictures.add, [[picture(number) for number in range(30)]] * 8))
    assert pictures.missing([digest(number) for number in range(30)]) == set()


def test_a_database_made_before_the_table_gets_it(operational: OperationalSettings) -> None:
    RightsStore(operational).close()
    engine = create_engine(operational.url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE watched_picture"))
    engine.dispose()
    store = PictureStore(operational)
    store.add([picture(1)])
    assert store.get(digest(1)) == picture(1)
    store.close()


def test_a_database_locked_too_long_may_be_tried_again(
    pictures: PictureStore, operational: OperationalSettings
) -> None:
    impatient = PictureStore(OperationalSettings(operational.url, lock_timeout_seconds=0.05))
    with pictures._database.writing() as connection:
        pictures._database.insert_missing(connection, watched_picture, [asdict(picture(1))])
        with pytest.raises(StoreUnavailable, match="lock"):
            impatient.add([picture(1)])
    impatient.add([picture(1)])
    impatient.close()
