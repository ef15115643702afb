"""Listings and rights in files of JSON lines."""
