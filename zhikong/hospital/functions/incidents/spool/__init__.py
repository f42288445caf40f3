"""Where anonymous reports wait: sealed, in slots of one size, until the worker takes them over (decision 34).

Nothing here knows Django's requests or the database. The web server seals and puts; the worker opens and wipes.
"""
