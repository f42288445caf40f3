"""Tables of register."""
