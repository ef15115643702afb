"""Rights change, and what was decided about their alerts may no longer hold: those groups are opened again."""
