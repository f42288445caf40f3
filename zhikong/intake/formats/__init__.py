"""Readers of formats that are not tables yet: one module a format, each with `batches` (see staging.Reader)."""
