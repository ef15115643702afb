"""What the wiring complains about. Every message names the place and the remedy."""

from __future__ import annotations

from detectors.errors import RightswatchError


class SettingsError(RightswatchError):
    """A key, variable or value in the settings cannot be used."""


class BrokerError(RightswatchError):
    """The Kafka broker refused or did not answer something the service cannot do without."""


class BrokerAway(BrokerError):
    """It does not answer, or not yet: the same call may pass later."""
