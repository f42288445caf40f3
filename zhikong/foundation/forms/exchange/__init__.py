"""Definitions and filled sheets in and out: Excel, YAML, XLSForm."""
