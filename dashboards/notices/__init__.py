"""Notices over HTTP: where somebody wants to hear of things, each notice's fate, and the link that ends letters."""
