"""The judge in plain Python: one encounter at a time, one rule at a time. Slow and right; the others must agree."""
