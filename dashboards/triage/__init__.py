"""What people judge: the queue of groups, claims, verdicts and what follows from them, over HTTP."""
