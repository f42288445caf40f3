"""Lowering to DuckDB's SQL. Text is built only from contract names, checked literals and file paths."""
