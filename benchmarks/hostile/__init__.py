"""Listings that somebody wrote to make screening raise, or take long; what each kind takes."""
