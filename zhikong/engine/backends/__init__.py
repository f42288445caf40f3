"""Engines that count: DuckDB for the work, plain Python as the judge of what is right."""
