"""Reads a hospital's plan: which of its sentences are targets, duties, deadlines, quotas, money, dates. No Django."""
