"""Telling people: what happened is collected as notices, and each is sent to where somebody wants it."""
