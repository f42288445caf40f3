"""Writes of the risk register."""
