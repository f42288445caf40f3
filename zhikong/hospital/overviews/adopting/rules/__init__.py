"""What a plan asks for and what adopting makes of it, as plain values. No ORM."""
