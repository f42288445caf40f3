"""The pictures of the guides show what is there: each page is asked for again and its words are compared.

Collected before the other journeys, while nobody has worked in the demo hospital yet.
"""

from pathlib import Path

import yaml

from tests.journeys.pictures.shots import SHOTS
from tests.journeys.pictures.visiting import Visitor, shape
from tests.journeys.pictures.words import said

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "pictures" / "jobs"


def test_each_picture_shows_the_page_of_today(demo):
    """A word that came or went makes a picture stale: `python -m tests.journeys.pictures <address>` takes it anew.

    Cards of a home page and buttons in rows come and go with the data; that their words exist is tested elsewhere.
    """
    visitors = {account: Visitor(demo, account) for account in dict.fromkeys(shot.account for shot in SHOTS)}
    stale = {shot.name: found for shot in SHOTS if (found := _difference(visitors[shot.account], shot))}
    assert stale == {}


def _difference(visitor, shot):
    told = yaml.safe_load((FOLDER / f"{shot.name}.yaml").read_text("utf-8"))
    address, page = visitor.page_of(shot)
    words = said(page, whole=shot.whole).always - set(shot.sometimes)
    came, went = sorted(words - set(told["says"])), sorted(set(told["says"]) - words)
    moved = [shape(address)] if shape(address) != told["address"] else []
    return [*moved, *(f"+{word}" for word in came), *(f"-{word}" for word in went)]
