"""The routes of the figures."""

from __future__ import annotations

from dashboards.access import routes
from dashboards.access.roles import Permission
from dashboards.figures import api, sample_api

FIGURES_ROUTES = (
    routes.get("/api/v1/figures", api.figures, Permission.READ_FIGURES),
    routes.get("/api/v1/screened/next", sample_api.next_match, Permission.JUDGE_SCREENED),
    routes.post("/api/v1/calibration", api.apply, Permission.CALIBRATE),
)
