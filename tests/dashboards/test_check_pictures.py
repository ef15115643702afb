"""`POST /api/v1/check` with photographs: what a team at a trade fair does with a phone."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from dashboards.check_pictures import MAX_PICTURES
from dashboards.settings import WebSettings
from tests.dashboards.photographed import PICTURE, watching, watching_the_photograph
from tests.dashboards.service import Answer, Stores, WebServer, ask, post_check
from tests.detectors.pictures.edited import OTHER, PROTECTED, cropped_and_covered, original, sent

BOUNDARY = "b0undary"
Part = tuple[str, bytes]


def post(server: WebServer, *parts: Part, headers: Mapping[str, str] | None = None) -> Answer:
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for name, content in parts
    )
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    given = {"Content-Type": kind, **(headers or {})}
    return ask(server, "/api/v1/check", method="POST", body=body + f"--{BOUNDARY}--\r\n".encode(), headers=given)


@pytest.fixture
def photographed(server: WebServer) -> WebServer:
    """A server whose watchlist has a right with that photograph."""
    server.watch(watching_the_photograph())
    return server


def found(answer: Answer) -> Sequence[tuple[str, str]]:
    assert answer.status == 200, answer.json
    return [(alert["detector"], alert["reasons"][0]["field"]) for alert in answer.json["alerts"]]


def test_a_photograph_alone_is_enough(photographed: WebServer) -> None:
    answer = post(photographed, ("picture", PICTURE))
    assert found(answer) == [("image_copy", "images[0]")]
    assert answer.json["defaults"] == {"title": "photograph", "platform": "check", "listing_id": "check"}


def test_a_crop_with_a_badge_is_found_by_its_pixels(server: WebServer) -> None:
    server.watch(*watching(original(PROTECTED)))
    (alert,) = post(server, ("picture", sent(cropped_and_covered()))).json["alerts"]
    (reason,) = alert["reasons"]
    assert (reason["how"], reason["field"], reason["view"]) == ("features", "images[0]", "cropped")
    assert len(reason["placement"]) == 6


def test_a_crop_of_a_stranger_s_picture_is_not(server: WebServer) -> None:
    server.watch(*watching(original(PROTECTED)))
    assert post(server, ("picture", sent(cropped_and_covered(OTHER)))).json["alerts"] == []


def test_pictures_stand_behind_those_that_the_listing_has(photographed: WebServer) -> None:
    listing = {"title": "poster", "images": [{"url": "https://a.example/1.jpg"}]}
    assert found(post(photographed, ("listing", orjson.dumps(listing)), ("picture", PICTURE))) == [
        ("image_copy", "images[1]")
    ]


def test_a_file_that_is_no_picture_is_named_and_the_others_are_looked_at(photographed: WebServer) -> None:
    answer = post(photographed, ("picture", b"<html>"), ("picture", PICTURE))
    assert found(answer) == [("image_copy", "images[1]")]
    assert answer.json["warnings"] == {"picture_not_a_picture": 1}


@pytest.mark.parametrize(
    ("parts", "status", "field"),
    [
        ([("listing", b'{"title":"a"}')], 422, "picture"),
        ([], 422, "picture"),
        ([("listing", b"{"), ("picture", PICTURE)], 422, "listing"),
        ([("listing", b"[1]"), ("picture", PICTURE)], 422, "listing"),
        ([("other", b"x")], 422, "body"),
        ([("picture", b"x")] * (MAX_PICTURES + 1), 422, "picture"),
        ([("picture", b"\0" * (21 << 20))], 413, "picture"),
        ([("listing", b" " * (2 << 20))], 413, "listing"),
    ],
)
def test_parts_that_cannot_be_used_are_refused_by_name(
    shared_server: WebServer, parts: Sequence[Part], status: int, field: str
) -> None:
    answer = post(shared_server, *parts)
    assert (answer.status, answer.json["field"]) == (status, field)


@pytest.mark.parametrize(
    "body", [b"", b"nothing", b"--b0undary\r\n", b"--b0undary\r\nContent-Disposition: form-data; name=picture\r\n\r\nx"]
)
def test_a_body_that_is_no_form_is_refused(shared_server: WebServer, body: bytes) -> None:
    headers: dict[str, Any] = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = ask(shared_server, "/api/v1/check", method="POST", body=body, headers=headers)
    assert answer.status == 422, answer.json


def test_a_body_that_never_ends_is_given_up_and_makes_room(stores: Stores) -> None:
    server = WebServer(stores, WebSettings(port=0, max_uploads=1, upload_seconds=0.5))
    server.start()
    server.watch(watching_the_photograph())
    try:
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            head = f"POST /api/v1/check HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 999\r\n"
            slow.sendall(f"{head}Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode())
            assert b" 408 " in slow.recv(100)
        assert found(post(server, ("picture", PICTURE))) == [("image_copy", "images[0]")]
    finally:
        server.stop()


def test_a_part_whose_header_is_no_header_is_refused_like_any_other_fault(shared_server: WebServer) -> None:
    body = b'--cut\r\nContent-Disposition: form-data; name="a\x12b"\r\n\r\n1\r\n--cut--\r\n'
    answer = post_check(shared_server, body, {"Content-Type": "multipart/form-data; boundary=cut"})
    assert (answer.status, answer.json["code"]) == (422, "bad_parts")
