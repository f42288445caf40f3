"""Reads of the wizard: where each step stands, what is published, how long it takes."""
