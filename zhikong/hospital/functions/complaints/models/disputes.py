"""Tables of disputes."""
