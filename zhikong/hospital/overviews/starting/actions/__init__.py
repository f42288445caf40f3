"""Writes of the wizard."""
