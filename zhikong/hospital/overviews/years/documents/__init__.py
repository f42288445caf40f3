"""Documents of the year as Word and PDF."""
