"""Backups of one installation: sealed, deduplicated, verified by restoring them into a scratch place."""
