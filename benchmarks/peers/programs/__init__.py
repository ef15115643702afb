"""What people would write on each framework. Public libraries only: nothing of ours is imported."""
