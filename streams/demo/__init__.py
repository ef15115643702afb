"""The demo's content: real listings and brands, and the openly labelled disguises that are mixed in. See README.md."""
