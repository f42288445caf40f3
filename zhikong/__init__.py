"""zhikong (质控): one loop from a hospital's plan and numbers to findings, actions and their effect."""

__version__ = "0.10.0"
