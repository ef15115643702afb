"""Recognising a registered picture: decoding, fingerprints, views and the index over them."""
