"""Tables of this half of the function."""
