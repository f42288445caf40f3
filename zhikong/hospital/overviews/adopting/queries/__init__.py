"""Reads of adoptions and of the plans that they adopt."""
