"""The watchlist's way to every worker: published from the operational database, followed by workers and the web."""
