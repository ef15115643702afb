"""Claims to Chinese patents in listing text: numbers, where they are claimed, and what is wrong with them."""
