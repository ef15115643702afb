"""Processes of ours: children that die with their parent, and a clean end."""
