"""What a change of a right would have raised and silenced last week, told before it is made."""
