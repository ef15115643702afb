"""What was seen before is not transferred again, and what is remembered is bounded."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.fetching.caches import ENTRY_BYTES, BoundedMap, Kept, PictureCache, validators_of
from streams.fetching.outcomes import Reason
from tests.fetching.net import HOST, JPEG, PNG, Net, Talk, desk, head, raw_server


def recording(answer: Callable[[bytes], bytes]) -> tuple[Talk, list[bytes]]:
    """Answers by the request's head, which the server's caller has read: so this one reads the next; and all heads."""
    heads: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer(heads[-1]))

    return talk, heads


def answering(*headers: str) -> Callable[[bytes], bytes]:
    def answer(request: bytes) -> bytes:
        if b"If-None-Match" in request or b"If-Modified-Since" in request:
            return head(b"", *headers, status="304 Not Modified")
        return head(JPEG, *headers)

    return answer


async def fetch_twice(answer: Callable[[bytes], bytes], later: float = 0.0) -> tuple[list[bool], list[bytes]]:
    """Whether each of two fetches came from the cache, the second one so many seconds later; and the requests."""
    net = Net()
    talk, heads = recording(answer)
    async with raw_server(net, talk, speaks_first=True) as port, desk(net, cache_seconds=100.0) as at:
        first = await at.picture(f"https://{HOST}:{port}/a.jpg")
        net.now += later
        second = await at.picture(f"https://{HOST}:{port}/a.jpg")
    assert first.content == second.content == JPEG
    return [first.from_cache, second.from_cache], heads


@pytest.mark.parametrize(
    ("headers", "later", "from_cache", "requests"),
    [
        ([], 99.0, True, 1),
        ([], 100.0, False, 2),
        (["Cache-Control: public, max-age=10"], 9.0, True, 1),
        (["Cache-Control: max-age=10"], 11.0, False, 2),
        (["Cache-Control: max-age=999999"], 101.0, False, 2),
        (["Cache-Control: max-age=0"], 0.0, False, 2),
        (["Cache-Control: no-store"], 0.0, False, 2),
        (["Cache-Control: no-cache"], 0.0, False, 2),
        (['ETag: "a"'], 101.0, True, 2),
        (["Last-Modified: Sat, 28 Nov 2026 10:00:00 GMT"], 101.0, True, 2),
        (['ETag: "a"', "Cache-Control: no-cache"], 0.0, True, 2),
        (['ETag: "a"', "Cache-Control: no-store"], 0.0, False, 2),
        (['ETag: "' + "a" * 300 + '"'], 101.0, False, 2),
        (['ETag: "\xe9"'], 101.0, False, 2),
    ],
)
@pytest.mark.asyncio
async def test_a_picture_is_asked_for_again_when_it_may_have_changed(
    headers: list[str], later: float, from_cache: bool, requests: int
) -> None:
    cached, heads = await fetch_twice(answering(*headers), later)
    assert (cached, len(heads)) == ([False, from_cache], requests)


@pytest.mark.asyncio
async def test_a_picture_that_changed_is_taken_anew() -> None:
    net = Net()
    bodies = iter([JPEG, PNG])
    talk, _ = recording(lambda request: head(next(bodies), 'ETag: "a"'))
    async with raw_server(net, talk, speaks_first=True) as port, desk(net, cache_seconds=10.0) as at:
        first = await at.picture(f"https://{HOST}:{port}/a.jpg")
        net.now += 11.0
        second = await at.picture(f"https://{HOST}:{port}/a.jpg")
    assert (first.media_type, second.media_type, second.from_cache) == ("image/jpeg", "image/png", False)


@pytest.mark.asyncio
async def test_validators_go_only_to_the_url_that_gave_them() -> None:
    net = Net()

    def answer(request: bytes) -> bytes:
        if request.startswith(b"GET /start"):
            return head(b"", "Location: /end.jpg", status="302 Found")
        return answering('ETag: "a"')(request)

    talk, heads = recording(answer)
    async with raw_server(net, talk, speaks_first=True) as port, desk(net, cache_seconds=10.0) as at:
        await at.picture(f"https://{HOST}:{port}/start")
        net.now += 11.0
        assert (await at.picture(f"https://{HOST}:{port}/start")).from_cache
    assert [b"If-None-Match" in text for text in heads] == [False, False, False, True]


@pytest.mark.asyncio
async def test_a_refusal_is_remembered_for_a_short_while() -> None:
    net = Net()
    talk, heads = recording(lambda request: head(b"", status="404 Not Found"))
    async with raw_server(net, talk, speaks_first=True) as port, desk(net, refusal_seconds=60.0) as at:
        reasons = [await at.reason(f"https://{HOST}:{port}/a.jpg") for _ in range(3)]
        asked_at_first = len(heads)
        net.now += 60.0
        reasons.append(await at.reason(f"https://{HOST}:{port}/a.jpg"))
        assert at.figure("rightswatch_dropped_total", stage="fetch", reason="gone") == 4
    assert (reasons, asked_at_first, len(heads)) == ([Reason.GONE] * 4, 1, 2)


@pytest.mark.asyncio
async def test_the_caches_size_is_a_metric() -> None:
    net = Net()
    talk, _ = recording(lambda request: head(JPEG))
    async with raw_server(net, talk, speaks_first=True) as port, desk(net) as at:
        await at.picture(f"https://{HOST}:{port}/a.jpg")
        await asyncio.sleep(0)
        assert len(JPEG) < at.figure("rightswatch_fetch_cache_bytes") < len(JPEG) + 2 * ENTRY_BYTES
        assert at.figure("rightswatch_fetch_bytes_total") == len(JPEG)


def kept(content: bytes, url: str = "https://pictures.example/a.jpg") -> Kept:
    return Kept(
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        media_type="image/jpeg",
        final_url=url,
        fresh_until=0.0,
        validators={},
    )


def test_equal_pictures_are_held_once() -> None:
    cache = PictureCache(10_000_000)
    for n in range(100):
        cache.put(f"https://pictures.example/{n}", kept(bytes(100_000)))
    assert cache.bytes < 100_000 + 100 * (ENTRY_BYTES + 200)
    assert len({id(cache.get(f"https://pictures.example/{n}").content) for n in range(100)}) == 1  # type: ignore[union-attr]


def test_the_pictures_used_last_stay() -> None:
    cache = PictureCache(3 * (ENTRY_BYTES + 1_100))
    for name in "abc":
        cache.put(name, kept(name.encode() * 1_000))
    cache.get("a")
    cache.put("d", kept(b"d" * 1_000))
    assert [cache.get(name) is not None for name in "abcd"] == [True, False, True, True]


def test_a_picture_larger_than_the_cache_is_not_kept() -> None:
    cache = PictureCache(5_000)
    cache.put("a", kept(bytes(1_000)))
    cache.put("b", kept(bytes(5_000)))
    assert (len(cache), cache.get("b")) == (1, None)


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 5), st.integers(0, 3_000), st.booleans())),
    st.integers(0, 20_000),
)
def test_the_books_of_the_cache_always_balance(steps: list[tuple[str, int, int, bool]], most: int) -> None:
    cache = PictureCache(most)
    for url, letter, size, is_drop in steps:
        if is_drop:
            cache.drop(url)
        else:
            cache.put(url, kept(bytes([letter]) * size))
        assert cache.bytes <= most
    for url in "abcdefgh":
        cache.drop(url)
    assert (cache.bytes, len(cache), cache._contents) == (0, 0, {})


def test_what_an_entry_costs_is_not_understated() -> None:
    cache = PictureCache(10**9)
    tracemalloc.start()
    try:
        for n in range(2_000):
            headers = {"ETag": f'"{n}"', "Last-Modified": f"{n}"}
            entry = Kept(
                content=n.to_bytes(4, "big") * 50,
                digest=hashlib.sha256(n.to_bytes(4, "big") * 50).hexdigest(),
                media_type="image/jpeg",
                final_url=f"https://pictures.example/{n}/b.jpg",
                fresh_until=float(n),
                validators=validators_of(headers),
            )
            cache.put(f"https://pictures.example/{n}/a.jpg", entry)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held <= cache.bytes


def test_a_map_holds_up_to_its_weight() -> None:
    net = Net()
    seen: BoundedMap[str, bytes] = BoundedMap(10, net.monotonic, weigh=len)
    for name, value in (("a", b"1234"), ("b", b"1234"), ("a", b"123"), ("c", b"1234"), ("d", b"12345678901")):
        seen.put(name, value)
    assert (seen.get("a"), seen.get("b"), seen.get("c"), seen.get("d")) == (b"123", None, b"1234", None)
    assert (seen.weight, len(seen)) == (7, 2)


def test_a_map_forgets_in_time() -> None:
    net = Net()
    seen: BoundedMap[str, int] = BoundedMap(10, net.monotonic, ttl_seconds=5.0)
    seen.put("a", 1)
    net.now += 4.9
    assert seen.get("a") == 1
    net.now += 0.1
    assert (seen.get("a"), seen.weight) == (None, 0)
