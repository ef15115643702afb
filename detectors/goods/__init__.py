"""Which goods a listing offers, as classes of the Nice Classification, and what that says about a mark on them."""
