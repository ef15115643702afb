"""Leads over HTTP: what is on its way to whom and why, what waits for a person, and what became of each."""
