"""Pictures by URL: fetched, looked at and screened in a process of their own, after the texts of their listings."""
