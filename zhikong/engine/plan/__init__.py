"""From definitions to counters: what must be read, what must be counted, and what can be shared."""
