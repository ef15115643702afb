"""The boards, in the order in which they are listed."""

from __future__ import annotations

from dashboards.grafana.boards.engineers import ENGINEERS
from dashboards.grafana.boards.floor import FLOOR
from dashboards.grafana.boards.holder import HOLDER

BOARDS = (FLOOR, HOLDER, ENGINEERS)
