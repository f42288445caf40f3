"""A recurring duty as data: what it is, how it is read from a file, and what can be wrong with it. Pure."""
