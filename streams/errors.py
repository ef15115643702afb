"""What the wiring complains about. Every message names the place and the remedy."""

from __future__ import annotations


class SettingsError(ValueError):
    """A key, variable or value in the settings cannot be used."""


class BrokerError(RuntimeError):
    """The Kafka broker refused or did not answer something the service cannot do without."""
