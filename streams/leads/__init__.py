"""Leads: made of what people decided, or of alerts where policy says so, sent after a last check, closed in the end."""
