"""Tables of analysis."""
