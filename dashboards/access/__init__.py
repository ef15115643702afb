"""Who asks, what that role may do, and which alerts it may see."""
