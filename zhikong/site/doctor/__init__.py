"""What can be wrong with an installation, and what to do about it: read-only, with or without a database that runs."""
