"""What a log line may say, and in which form: traces, faults without what they quote, secrets masked, text or JSON."""
