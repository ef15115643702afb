"""The routes of judging."""

from __future__ import annotations

from dashboards.access import routes
from dashboards.access.roles import Permission
from dashboards.triage import claims_api, export_api, queue_api, verdicts_api, views_api

GROUP = "/api/v1/groups/{group_id}"
TRIAGE_ROUTES = (
    routes.get("/api/v1/queue", queue_api.queue, Permission.READ_ALERTS),
    routes.get("/api/v1/queue/causes", queue_api.causes, Permission.READ_ALERTS),
    routes.post("/api/v1/queue/claim", claims_api.claim, Permission.JUDGE),
    routes.post("/api/v1/queue/release", claims_api.release, Permission.JUDGE),
    routes.post("/api/v1/queue/shelve", claims_api.shelve, Permission.JUDGE),
    routes.post("/api/v1/queue/unshelve", claims_api.unshelve, Permission.JUDGE),
    routes.get(GROUP, queue_api.group, Permission.READ_ALERTS),
    routes.post(f"{GROUP}/undo", verdicts_api.undo, Permission.READ_ALERTS),
    routes.post(f"{GROUP}/ask_expert", verdicts_api.ask_expert, Permission.JUDGE),
    routes.post(f"{GROUP}/opinion", verdicts_api.opinion, Permission.ADVISE),
    routes.post(f"{GROUP}/review", verdicts_api.review, Permission.REVIEW),
    routes.get("/api/v1/verdicts/export", export_api.export, Permission.EXPORT, allow_head=False),
    routes.post("/api/v1/verdicts", verdicts_api.give, Permission.JUDGE),
    routes.post("/api/v1/alerts/{alert_id}/verdict", verdicts_api.give_on_alert, Permission.JUDGE),
    routes.post("/api/v1/screened/{alert_id}/verdict", verdicts_api.screened, Permission.JUDGE_SCREENED),
    routes.get("/api/v1/views", views_api.views, Permission.READ_ALERTS),
    routes.put("/api/v1/views/{name}", views_api.put, Permission.READ_ALERTS),
    routes.delete("/api/v1/views/{name}", views_api.remove, Permission.READ_ALERTS),
)
