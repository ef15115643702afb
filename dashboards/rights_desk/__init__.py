"""The rights desk: the rights on the watchlist as people read and change them."""
