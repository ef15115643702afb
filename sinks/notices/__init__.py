"""How a notice is told to each kind of destination: as a request to send, and what its answer means. No I/O."""
