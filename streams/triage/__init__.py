"""What the web process does beside its answers for those who judge: it tells the other stores what was decided."""
