"""The organisation from a hospital's own lists: read, compared, shown, confirmed, then written at once."""
