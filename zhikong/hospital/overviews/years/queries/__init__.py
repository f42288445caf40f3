"""Reads of the year."""
