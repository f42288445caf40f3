"""Writes of emergency plans and drills."""
