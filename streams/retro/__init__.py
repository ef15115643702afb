"""Retrospective sweeps: what a new or widened right finds in listings that were screened before it."""
