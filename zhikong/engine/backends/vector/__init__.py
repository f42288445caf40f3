"""The vectorised backend: conditions as bit maps over rows in group order, counted by population count.

A condition costs one byte a row where it compares a column, one bit a row where it combines others, and one
64th of a row where it is counted; text is looked at once per distinct value, never per row.
"""
