"""Reads of improvement projects."""
