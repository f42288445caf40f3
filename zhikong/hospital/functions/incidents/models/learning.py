"""Tables of learning."""
