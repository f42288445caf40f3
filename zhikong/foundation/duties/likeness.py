"""Whether a sentence of a plan means a duty that exists: by their words, without the words for how often. Pure."""

import re
from collections.abc import Iterable, Sequence

from zhikong.foundation.duties.definition.model import Duty
from zhikong.foundation.duties.descriptions import Description

SAME_TURN, ENOUGH, SURE = 0.66, 0.72, 0.9
"""Share of a duty's pairs of characters that must stand in the sentence: for the same body and period, for the same
body, and whatever the body."""
LONG_PART = 8  # pairs of a part of a quoted sentence that tell it from others
OFTEN = re.compile(
    r"(每|一)个?(日|天|周|星期|月|季度?|半年|年)(度|份|末|初)?|不?少于|至少|[一二两三四五六\d]+次(以上)?|定期|年初|年底|召开|进行|开展"
)
PLACE = re.compile(r"(P\d+\s*)?L\d+(\s*[-–]\s*L?\d+)?")
BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
NOISE = re.compile(r"[^一-鿿A-Za-z0-9]+")


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters of what is left without frequencies, signs and brackets."""
    clean = NOISE.sub("", OFTEN.sub("", BRACKETS.sub("", text)))
    return frozenset(clean[i : i + 2] for i in range(len(clean) - 1))


def phrases(duty: Duty) -> list[str]:
    """What a duty is called and how its sources put it."""
    quoted = re.split(r"[；;]|……", PLACE.sub("", duty.source.clause))
    parts = [part for one in quoted for part in re.split(r"[，,]", one) if len(pairs(part)) >= LONG_PART]
    return [duty.title, re.split(r"[；;]", BRACKETS.sub("", duty.says))[0], *quoted, *parts]


def share(duty: Duty, sentence: str) -> float:
    """How much of the duty's best phrase the sentence has, 0 to 1."""
    have = pairs(sentence)
    found = [pairs(phrase) for phrase in phrases(duty)]
    return max((len(wanted & have) / len(wanted) for wanted in found if len(wanted) >= 4), default=0.0)


def best(description: Description, known: Iterable[Duty]) -> Duty | None:
    """The duty that the description means, or None; of several the one with the most of its words and the same turn."""
    sentence = f"{description.title}。{description.says}"
    fitting = [
        (_weight(description, duty, sentence), duty) for duty in known if _not_another(description, duty)
    ]
    ranked = sorted(
        ((weight, duty.id, duty) for weight, duty in fitting if weight), key=lambda one: (-one[0], one[1])
    )
    return ranked[0][2] if ranked else None


def _weight(description: Description, duty: Duty, sentence: str) -> float:
    """0 when the sentence has too little of the duty."""
    score, same_body = share(duty, sentence), duty.body == description.body
    same_turn = duty.every == description.per
    if score < (SAME_TURN if same_body and same_turn else ENOUGH if same_body else SURE):
        return 0.0
    # of two duties in one sentence the one that the title names is meant, and the one that comes round as often
    named = _share_back(duty, description.title)
    return round(score + 0.5 * named + 0.2 * same_turn + 0.2 * same_body, 4)


def _share_back(duty: Duty, title: str) -> float:
    wanted = pairs(title)
    have = frozenset().union(*(pairs(phrase) for phrase in phrases(duty)))
    return len(wanted & have) / len(wanted) if wanted else 0.0


def _not_another(description: Description, duty: Duty) -> bool:
    """A safety committee's meeting is not the quality committee's."""
    return not (description.committee and duty.who.committee and description.committee != duty.who.committee)


def of_documents(known: Sequence[Duty]) -> dict[str, list[Duty]]:
    """Duties by the document that asks for them; one that stands in two documents is under both."""
    found: dict[str, list[Duty]] = {}
    for duty in known:
        for name in re.split(r"[；;]", duty.source.document):
            found.setdefault(name.strip(), []).append(duty)
    return found
