"""Recognising pictures: fingerprints, views, local features, and the check of one picture against another."""
