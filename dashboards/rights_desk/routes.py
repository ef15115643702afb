"""The routes of the rights desk. An id may hold slashes, so what stands behind one comes first."""

from __future__ import annotations

from dashboards.access import routes
from dashboards.access.roles import Permission
from dashboards.rights_desk import api, pictures_api, preview_api

ONE = "/api/v1/rights/{right_id:.+}"
DESK_ROUTES = (
    routes.get("/api/v1/rights", api.rights, Permission.READ_RIGHTS),
    routes.get(f"{ONE}/history", api.history, Permission.READ_RIGHTS),
    routes.get(f"{ONE}/pictures/{{digest}}", pictures_api.picture, Permission.READ_RIGHTS),
    routes.post(f"{ONE}/pictures", pictures_api.add, Permission.CHANGE_RIGHTS),
    routes.post(f"{ONE}/preview", preview_api.preview, Permission.CHANGE_RIGHTS),
    routes.get(ONE, api.right, Permission.READ_RIGHTS),
    routes.put(ONE, api.put, Permission.CHANGE_RIGHTS),
    routes.delete(ONE, api.withdraw, Permission.CHANGE_RIGHTS),
)
