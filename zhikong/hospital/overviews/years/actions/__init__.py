"""Writes of the year."""
