"""What `streams/settings.py` composes: sections, their fields, the reference file, and the servers they lead to."""
