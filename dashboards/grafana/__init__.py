"""Grafana boards as code: `boards/` says what they show, `classic.py` writes them as Grafana's JSON.

The JSON is the classic model, which Grafana 11.6 to 13.3 read. Titles and descriptions come from `words/`, in each
language; what stands in the stores (tiers, platforms, reasons) is shown as it stands there.
"""
