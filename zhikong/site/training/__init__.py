"""Training mode: a second hospital with simulated data in a data folder of its own, beside the real one."""
