"""What one may not see does not exist: alerts and rights as a rights holder and an enforcement body find them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dashboards.access.principal import Principal
from dashboards.access.roles import Role
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Stores, WebServer, ask, offer

HOLDER = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h1"}))
OTHER = principal(Role.RIGHTS_HOLDER, holders=frozenset({"h9"}))
SHENZHEN = principal(Role.ENFORCEMENT, regions=("4403",))
PUTIAN = principal(Role.ENFORCEMENT, regions=("3503",))
OFFER = offer(1, "ZEPHYRA running shoes", seller={"id": "s1", "region": "440305"})


@contextmanager
def asked_by(stores: Stores, who: Principal) -> Iterator[WebServer]:
    server = WebServer(stores, identify=acting_as(who))
    server.start()
    try:
        yield server
    finally:
        server.stop()


def test_alerts_and_rights_are_there_for_their_holder_and_their_region_only(stores: Stores) -> None:
    (alert,) = stores.seen(OFFER)
    found = {}
    for name, who in {"holder": HOLDER, "other": OTHER, "shenzhen": SHENZHEN, "putian": PUTIAN}.items():
        with asked_by(stores, who) as server:
            listed = ask(server, "/api/v1/alerts").json["alerts"]
            paths = (f"/api/v1/alerts/{alert.alert_id}", "/api/v1/rights/CN-TM-1001", "/api/v1/rights/CN-TM-1002")
            found[name] = [len(listed), *(ask(server, path).status for path in paths)]
    assert found == {
        "holder": [1, 200, 200, 404],
        "other": [0, 404, 404, 404],
        "shenzhen": [1, 200, 200, 404],
        "putian": [0, 404, 404, 404],
    }
