"""The web process: what the watch floor and the HTTP API stand on, and what is done beside their answers."""
