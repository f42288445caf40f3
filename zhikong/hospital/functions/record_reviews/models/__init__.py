"""Tables of the function; each half has a module, and names its tables here."""
