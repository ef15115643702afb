"""A right imported after its listings were streamed: its alerts come within seconds, and say that they look back."""

from __future__ import annotations

import time
from pathlib import Path

import orjson

from tests.e2e.service import service_in, wait_for
from tests.e2e.stored import alert_ids, wait_until_stored

SECONDS = 60.0  # on a machine that is busy with other things
RIGHT = {"right_id": "CN-TM-1", "kind": "trademark", "marks": ["ZORBEX"], "policy": "any_use", "territories": ["CN"]}


def test_a_right_imported_later_raises_retrospective_alerts_that_replay(tmp_path: Path) -> None:
    listings, rights = tmp_path / "listings.jsonl", tmp_path / "rights.jsonl"
    offers = [{"platform": "taobao", "listing_id": str(n), "title": f"ZORBEX shoes {n}"} for n in range(20)]
    offers += [{"platform": "taobao", "listing_id": "plain", "title": "plain shoes"}]
    listings.write_bytes(b"".join(orjson.dumps(offer) + b"\n" for offer in offers))
    rights.write_bytes(orjson.dumps(RIGHT) + b"\n")
    with service_in(tmp_path / "data", {"RIGHTSWATCH_RETRO_SETTLE_SECONDS": "1"}) as service:
        service.start_worker()
        fed = service.run("feed", listings)
        assert fed.returncode == 0, fed.stderr
        wait_until_stored(service, len(offers))
        assert alert_ids(service) == []
        imported = service.run("rights", "import", rights)
        assert imported.returncode == 0, imported.stderr
        began = time.monotonic()
        wait_for(lambda: len(alert_ids(service)) == 20, f"alerts of the sweep\n{service.logs()}", SECONDS)
        assert time.monotonic() - began < SECONDS
        documents = [orjson.loads(document) for (document,) in service.query("SELECT document FROM alerts FINAL")]
        assert all(document["retrospective"] for document in documents)
        replayed = service.run("replay", documents[0]["alert_id"])
        assert (replayed.returncode, replayed.stderr.strip()) == (0, "identical")
        wait_for(lambda: "last done" in service.run("retro", "--status").stdout, "the sweep is done", SECONDS)
        status = service.run("retro", "--status").stdout.splitlines()
        assert status[0] == "waiting    0 rights"
        assert status[1].startswith("last done  sweep 1: 1 rights, 1 pages, 20 alerts, ")
