"""Notices as requests: signed as each destination's documentation says, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from sinks.errors import StoreRefused
from sinks.notices.bots import (
    WECOM_BYTES,
    dingtalk_answer,
    dingtalk_request,
    feishu_answer,
    feishu_request,
    wecom_answer,
    wecom_request,
)
from sinks.notices.outgoing import Answer, Fate, Message
from sinks.notices.webhook import new_secret, secret_key, signature, webhook_answer, webhook_request

NOW = datetime(2026, 11, 21, 10, 0, 0, 500_000, tzinfo=UTC)
MESSAGE = Message(title="高仿 N1KE", lines=("卖家 s1", "价格 99 元"), link="https://watch.example/alerts/1")
HOSTILE = Message(
    title="[免费](https://evil.example) @all", lines=('# 标题\n<at user_id="all">', "`rm`"), link="https://w.example/"
)


def test_the_signature_is_the_one_of_the_specification() -> None:
    """The example of standardwebhooks.com's test vectors."""
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_carries_id_time_and_a_signature_for_each_secret() -> None:
    old, new = new_secret(), new_secret()
    request = webhook_request(
        url="https://shop.example/hook",
        secrets=[new, old],
        webhook_id="msg_1",
        event="lead.made",
        data={"a": 1},
        at=NOW,
        now=NOW,
    )
    assert orjson.loads(request.body) == {
        "type": "lead.made",
        "timestamp": "2026-11-21T10:00:00.500Z",
        "data": {"a": 1},
    }
    seconds = request.headers["webhook-timestamp"]
    assert seconds == "1795255200"
    for secret, found in zip((new, old), request.headers["webhook-signature"].split(" "), strict=True):
        expected = hmac.new(secret_key(secret), f"msg_1.{seconds}.".encode() + request.body, hashlib.sha256).digest()
        assert found == f"v1,{base64.b64encode(expected).decode()}"


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "not one", "whsec_" + "A" * 200, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_what_is_no_secret_is_refused_and_not_told(secret: str) -> None:
    with pytest.raises(StoreRefused, match="24 to 64") as refused:
        secret_key(secret)
    assert not secret or secret in ("whsec_",) or secret not in str(refused.value)


def test_a_body_that_is_too_long_is_refused() -> None:
    with pytest.raises(StoreRefused, match="over 20,000"):
        webhook_request(
            url="https://a.example", secrets=[], webhook_id="1", event="x", data={"t": "x" * 20_000}, at=NOW, now=NOW
        )


def test_dingtalk_is_signed_over_milliseconds_and_the_secret_in_the_query() -> None:
    request = dingtalk_request("https://oapi.example/robot/send?access_token=t", "SEC1", MESSAGE, NOW)
    query = parse_qs(urlsplit(request.url).query)
    assert query["access_token"] == ["t"]
    assert query["timestamp"] == ["1795255200500"]
    expected = hmac.new(b"SEC1", b"1795255200500\nSEC1", hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(expected).decode()]
    card = orjson.loads(request.body)["actionCard"]
    assert card["singleURL"] == MESSAGE.link
    assert "卖家 s1" in card["text"]


def test_feishu_is_signed_with_the_secret_as_key_over_nothing_in_the_body() -> None:
    document = orjson.loads(feishu_request("https://open.example/hook/1", "k", MESSAGE, NOW).body)
    expected = hmac.new(b"1795255200\nk", b"", hashlib.sha256).digest()
    assert document["timestamp"] == "1795255200"
    assert document["sign"] == base64.b64encode(expected).decode()
    assert document["content"]["post"]["zh_cn"]["title"] == MESSAGE.title


def test_a_bot_that_asks_for_no_signature_gets_none() -> None:
    assert "sign" not in dingtalk_request("https://oapi.example/send?access_token=t", None, MESSAGE, NOW).url
    assert "sign" not in orjson.loads(feishu_request("https://open.example/hook/1", None, MESSAGE, NOW).body)


def test_wecom_takes_no_more_than_its_limit_and_the_link_stays_in_it() -> None:
    long = Message(title="高仿", lines=("很长的标题" * 1_000,), link=MESSAGE.link)
    content = orjson.loads(wecom_request("https://qyapi.example/send?key=k", long).body)["markdown"]["content"]
    assert len(content.encode()) <= WECOM_BYTES
    assert content.endswith(f"[rightswatch]({MESSAGE.link})")


def test_of_a_sellers_words_nothing_is_markup() -> None:
    ding = orjson.loads(dingtalk_request("https://d.example", None, HOSTILE, NOW).body)["actionCard"]["text"]
    wecom = orjson.loads(wecom_request("https://w.example", HOSTILE).body)["markdown"]["content"]
    for text in (ding, wecom.rpartition("\n")[0]):
        for markup in ("](https", "@all", "<at", "# 标题", "`"):
            assert markup not in text
    lark = orjson.loads(feishu_request("https://f.example", None, HOSTILE, NOW).body)["content"]["post"]["zh_cn"][
        "content"
    ]
    assert {part["tag"] for line in lark for part in line} == {"text", "a"}
    assert [part["href"] for line in lark for part in line if part["tag"] == "a"] == [HOSTILE.link]


@pytest.mark.parametrize(
    ("status", "headers", "fate", "after"),
    [
        (200, {}, Fate.SENT, None),
        (204, {}, Fate.SENT, None),
        (410, {}, Fate.GONE, None),
        (400, {}, Fate.REFUSED, None),
        (413, {}, Fate.REFUSED, None),
        (429, {"Retry-After": "120"}, Fate.AGAIN, 120.0),
        (503, {"retry-after": "Sat, 21 Nov 2026 10:05:00 GMT"}, Fate.AGAIN, 299.5),
        (503, {"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT"}, Fate.AGAIN, 0.0),
        (503, {"Retry-After": "999999999"}, Fate.AGAIN, 86_400.0),
        (502, {"Retry-After": "soon"}, Fate.AGAIN, None),
        (500, {}, Fate.AGAIN, None),
        (401, {}, Fate.AGAIN, None),
        (404, {}, Fate.AGAIN, None),
        (302, {"Location": "http://127.0.0.1/"}, Fate.AGAIN, None),
    ],
)
def test_a_webhooks_answer(status: int, headers: dict[str, str], fate: Fate, after: float | None) -> None:
    answer = webhook_answer(status, headers, b"<secret>", NOW)
    assert (answer.fate, answer.after_seconds) == (fate, after)
    assert "secret" not in answer.reason


@pytest.mark.parametrize(
    ("answer", "fate", "after"),
    [
        (dingtalk_answer(200, {}, b'{"errcode":0,"errmsg":"ok"}', NOW), Fate.SENT, None),
        (dingtalk_answer(200, {}, b'{"errcode":130101,"errmsg":"send too fast"}', NOW), Fate.AGAIN, 600.0),
        (dingtalk_answer(200, {}, b'{"errcode":310000,"errmsg":"sign not match"}', NOW), Fate.AGAIN, None),
        (dingtalk_answer(200, {}, b"<html>", NOW), Fate.AGAIN, None),
        (dingtalk_answer(200, {}, b'{"errcode":true}', NOW), Fate.AGAIN, None),
        (wecom_answer(200, {}, b'{"errcode":0}', NOW), Fate.SENT, None),
        (wecom_answer(200, {}, b'{"errcode":45009}', NOW), Fate.AGAIN, None),
        (feishu_answer(200, {}, b'{"StatusCode":0,"StatusMessage":"success"}', NOW), Fate.SENT, None),
        (feishu_answer(200, {}, b'{"code":0,"msg":"success","data":{}}', NOW), Fate.SENT, None),
        (feishu_answer(200, {}, b'{"code":11232,"msg":"frequency limited"}', NOW), Fate.AGAIN, None),
        (feishu_answer(429, {"Retry-After": "7"}, b"", NOW), Fate.AGAIN, 7.0),
        (wecom_answer(410, {}, b"", NOW), Fate.GONE, None),
    ],
)
def test_a_bots_answer(answer: Answer, fate: Fate, after: float | None) -> None:
    assert (answer.fate, answer.after_seconds) == (fate, after)
