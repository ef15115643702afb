"""How good the watch is, by what people decided: precision, what was missed, and what verdicts made of the scores."""
