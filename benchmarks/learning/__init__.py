"""`learning`: what 500 verdicts with a known truth make of scores, on brands that nobody judged."""
