"""Pictures by URL from anybody's listings: fetched from public addresses only, within bounds, politely, or refused."""
