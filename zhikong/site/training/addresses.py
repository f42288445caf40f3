"""Where people open the training site."""

from zhikong.site import home, serving
from zhikong.site.training import places


def address() -> str:
    """What to open in a browser: the real site's name with the training port, also behind a proxy."""
    return serving.site_address(serving.address_and_port()[0], places.port(), direct=True)


def shown_address() -> str:
    """For the real site's pages: where to practise; '' when nobody can."""
    return address() if places.is_wanted() and not home.options().get(places.MARK) else ""
