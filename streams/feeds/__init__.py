"""Feeds: where new listings come from. A feed yields pages and remembers a cursor; `runner.py` publishes them."""
