"""Pages of the indicators: list, one indicator, its cases, the month's close, targets."""
