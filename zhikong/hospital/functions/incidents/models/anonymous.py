"""Tables of anonymous."""
