"""The version of the detectors' code that stands in every alert: raise it whenever a finding could change."""

DETECTOR_VERSION = "2026.11.4"
