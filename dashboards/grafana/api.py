"""A Grafana server through grafana-api, with our errors: each call answers, finds nothing, or says what to do.

The library speaks for folders, data sources and boards; what is newer than it (data sources by uid, alert rules) goes
through the requests that it makes itself. A token is sent as a header and stands in no message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException, GrafanaServerError
from grafana_api.grafana_face import GrafanaFace

from dashboards.grafana.errors import GrafanaAway, GrafanaRefused
from dashboards.grafana.settings import GrafanaSettings

Json = dict[str, Any]
NOT_FOUND = 404
_REMEDIES = {
    401: "it does not know the token: make one for a service account there and put it into [grafana] token_file",
    403: "the token may not do that: give its service account the role Admin",
    404: "there is no such thing there: it needs Grafana 11.6 or newer",
    409: "something else there has that name: rename or remove it",
    412: "something else there has that name, or the board belongs to a plugin: rename or remove it",
    422: "it does not take the request: it needs Grafana 11.6 or newer",
    429: "it is asked too often: push again in a minute",
}
_NO_GRAFANA = (
    "answers something that no Grafana says: is [grafana] url right, and does no sign-in page stand before it?"
)


class Grafana:
    """One server. `close` it.

    Raises (every method): GrafanaAway when it does not answer or is in trouble, GrafanaRefused when it says no.
    """

    def __init__(self, settings: GrafanaSettings) -> None:
        parts = urlsplit(settings.url)
        self.place = f"Grafana {parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._face = GrafanaFace(
            settings.token,
            host=parts.netloc,
            protocol=parts.scheme,
            url_path_prefix=f"{path}/" if (path := parts.path.strip("/")) else "",
            verify=settings.ca_file or True,
            timeout=settings.timeout_seconds,
        )

    def folder(self, uid: str) -> Json | None:
        return self._found(f"read folder {uid}", lambda: self._face.folder.get_folder(uid))

    def make_folder(self, uid: str, title: str) -> None:
        self._call(f"make folder {title}", lambda: self._face.folder.create_folder(title, uid))

    def rename_folder(self, uid: str, title: str) -> None:
        self._call(f"rename folder {uid}", lambda: self._face.folder.update_folder(uid, title=title, overwrite=True))

    def source(self, uid: str) -> Json | None:
        return self._found(f"read data source {uid}", lambda: self._face.api.GET(f"/datasources/uid/{uid}"))

    def make_source(self, source: Json) -> None:
        self._call(f"make data source {source['name']}", lambda: self._face.datasource.create_datasource(source))

    def change_source(self, source: Json) -> None:
        path = f"/datasources/uid/{source['uid']}"
        self._call(f"change data source {source['name']}", lambda: self._face.api.PUT(path, json=source))

    def board(self, uid: str) -> Json | None:
        return self._found(f"read board {uid}", lambda: self._face.dashboard.get_dashboard(uid))

    def put_board(self, board: Json, folder_uid: str) -> None:
        """Whatever stands there under its uid is replaced."""
        sent = {"dashboard": board, "folderUid": folder_uid, "overwrite": True, "message": "rightswatch grafana push"}
        self._call(f"put board {board['title']}", lambda: self._face.dashboard.update_dashboard(sent))

    def rules(self, folder_uid: str, group: str) -> Json | None:
        path = f"/v1/provisioning/folder/{folder_uid}/rule-groups/{group}"
        return self._found(f"read alert rules {group}", lambda: self._face.api.GET(path))

    def put_rules(self, folder_uid: str, group: str, document: Json) -> None:
        """The whole group is replaced; people may change it there."""
        path = f"/v1/provisioning/folder/{folder_uid}/rule-groups/{group}"
        headers = {"X-Disable-Provenance": "true"}
        self._call(f"put alert rules {group}", lambda: self._face.api.PUT(path, json=document, headers=headers))

    def close(self) -> None:
        self._face.api.s.close()

    def _found(self, what: str, call: Callable[[], Any]) -> Json | None:
        try:
            return self._call(what, call)
        except GrafanaRefused as refused:
            if getattr(refused.__cause__, "status_code", None) == NOT_FOUND:
                return None
            raise

    def _call(self, what: str, call: Callable[[], Any]) -> Json:
        try:
            answer = call()
        except GrafanaServerError as error:
            raise GrafanaAway(f"{self.place} cannot {what}: {_said(error)}. See its log, then push again") from error
        except GrafanaClientError as error:
            remedy = _REMEDIES.get(error.status_code, "correct what it names, then push again")
            raise GrafanaRefused(f"{self.place} does not {what}: {_said(error)}. {remedy.capitalize()}") from error
        except requests.exceptions.SSLError as error:
            raise GrafanaAway(
                f"{self.place}: its certificate is not one that we trust: name its authority in [grafana] ca_file"
            ) from error
        except (ValueError, TypeError) as error:  # its JSON: the library takes an error's page of HTML for it
            raise GrafanaRefused(f"{self.place} {_NO_GRAFANA}") from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise GrafanaAway(
                f"{self.place} does not answer ({type(error).__name__}): start it, or correct [grafana] url"
            ) from error
        if not isinstance(answer, dict):
            raise GrafanaRefused(f"{self.place} {_NO_GRAFANA}")
        return answer


def _said(error: GrafanaException) -> str:
    """What the server answered, short and in one line."""
    said = error.response.get("message") if isinstance(error.response, dict) else None
    text = " ".join(str(said or "it does not say why").split())[:300]
    return f"{error.status_code}, {text}"
