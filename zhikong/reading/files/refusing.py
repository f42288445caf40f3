"""Why a document cannot be read, in a sentence for the person who gave it."""


class NotReadable(Exception):
    """reason: what is wrong; remedy: what to do next."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}{remedy}")
        self.reason, self.remedy = reason, remedy
