"""Telling of obligations that nobody answered whether a draft lies there."""

from __future__ import annotations

import numpy as np

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.vector.duties import Duties
from zhikong.engine.record_rules.clock.vector.keys import Array
from zhikong.engine.record_rules.clock.vector.matching import Matched


def absent(made: Duties, answers: Matched, places: Array, owner: Array | None = None) -> None:
    """The obligations at these places were not done. owner: for each of them the place of its anchor, when that is
    another."""
    if not len(places) or not len(answers.drafts):
        return
    there, draft = answers.take(places if owner is None else owner).draft()
    chosen = places[np.flatnonzero(there)]
    made.why[chosen] = Why.UNSIGNED
    made.hit[chosen] = draft[there]
