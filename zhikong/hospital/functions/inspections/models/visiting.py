"""Tables of visiting."""
