"""What this part of the function registers with the foundation when the site starts."""


def ready() -> None:
    """Called once, when all apps are loaded."""
