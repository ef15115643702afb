"""What Kafka is to us: topics, messages, sending with acknowledgement."""
