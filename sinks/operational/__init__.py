"""What needs uniqueness and transactions: rights and their revisions. SQLite embedded, PostgreSQL in production."""
