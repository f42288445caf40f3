"""Adopt a plan, and take an adoption back."""
