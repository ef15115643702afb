"""`rightswatch doctor`: every dependency checked, and what to do."""
