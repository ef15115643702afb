"""`accuracy-pictures`: protected pictures found through the edits that sellers make. See README.md."""
