"""The compiled watchlist on disk, which the workers of one host map into memory and so share."""
