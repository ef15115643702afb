"""What the rights desk of the web process runs on: its pictures, its list, its previews."""
