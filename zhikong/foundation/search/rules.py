"""What is asked of the search: cleaned, and whether it looks like the number of a person. Pure functions."""

import re
import unicodedata

LONGEST = 60
SHORTEST_LATIN = 2  # one Chinese character says something, one letter does not
CARD = r"[1-9]\d{5}(?:18|19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]?"  # 15 or 18 places
PHONE = r"1[3-9]\d{9}"
PASSPORT = r"[A-Za-z]{1,2}\d{7,9}"  # also the permits of Hong Kong, Macao and Taiwan
RECORD = r"\d{7,}"  # record, bed and insurance numbers; our own case numbers hold a hyphen


def _alone(*kinds: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(kinds)})(?![0-9A-Za-z])")


IDENTITY = _alone(CARD, PHONE, PASSPORT, RECORD)
GROUPED = _alone(CARD, PHONE)  # people write these two in groups


def cleaned(text: str) -> str:
    """Full-width letters and digits become plain ones, control characters and doubled spaces go; at most LONGEST."""
    plain = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:LONGEST]


def says_something(q: str) -> bool:
    """Whether a query is long enough to be searched: one Chinese character, or two letters."""
    return bool(q) and (len(q) >= SHORTEST_LATIN or not q.isascii())


def holding(field: str, q: str) -> dict[str, str]:
    """The filter for rows whose field holds the words: Chinese needs no folding of case, which is half the work."""
    folded = q.upper() != q.lower()
    return {f"{field}__icontains" if folded else f"{field}__contains": q}


def looks_like_identity(q: str) -> bool:
    """Whether a query holds what may be the number of a person, also when it is written in groups."""
    return bool(IDENTITY.search(q) or GROUPED.search(re.sub(r"[\s\-_.]", "", q)))


def masked(q: str) -> str:
    """The query as it may be recorded: what looks like a number of a person shows its last two characters only."""
    if not looks_like_identity(q):
        return q
    shown = IDENTITY.sub(lambda found: "****" + found.group(0)[-2:], q)
    return shown if shown != q else "****" + q[-2:]
