"""Dead letters after they are stored: read whole, sent again, discarded, counted."""
