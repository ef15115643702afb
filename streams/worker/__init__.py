"""The worker: pages in, alerts out, on Faust."""
