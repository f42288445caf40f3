"""A synthetic hospital with a ledger of the truth it planted. Reads no packs and no definitions."""
