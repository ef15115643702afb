"""What is observed and decided: pages, listings, alerts, screenings, dead letters, verdicts."""
