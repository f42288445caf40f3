"""The one way in which an upload is refused."""


class Refused(ValueError):
    """The content is not taken; the message is a Chinese sentence with what to do instead."""
