"""What can go wrong with a Grafana server. Every message names the place and the remedy, none the token."""

from __future__ import annotations

from detectors.errors import RightswatchError


class GrafanaError(RightswatchError):
    """Root of the errors of publishing to Grafana."""


class GrafanaAway(GrafanaError):
    """It does not answer, or answers that it is in trouble: the same call may pass later."""


class GrafanaRefused(GrafanaError):
    """It says no: something must be changed, here or there, before it is tried again."""
