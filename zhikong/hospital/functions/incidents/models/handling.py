"""Tables of handling."""
