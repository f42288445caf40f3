"""How many of the names and numbers in a simulated hospital's texts are found, and how much else is hidden.

The simulator knows where it put them. Its templates are known to who wrote the patterns, so these figures say how well the
written forms are covered, not how a hospital will fare whose doctors write in other ways.
"""

from collections import Counter, defaultdict

import pytest

from zhikong.intake.deidentifying import deidentify
from zhikong.simulator import simulate

LEAST_RECALL = {False: 0.97, True: 0.99}
LEAST_PRECISION = 0.99


@pytest.fixture(scope="module")
def texts():
    """(text, places of identifiers, what is known of the patient) of every delivered section."""
    made = simulate(seed=11, months=1, scale=0.15, events=True).tables
    places = defaultdict(list)
    for row in made["planted_spans"].to_pylist():
        places[row["document_id"], row["section"], row["seq"]].append(row)
    patient = {
        row["stay_id"]: row["patient_key"]
        for name in ("stays", "open_stays")
        for row in made[name].to_pylist()
    }
    known = {row["patient_key"]: row for row in made["identities"].to_pylist()}
    fields = ("name", "id_number", "phone", "record_number", "address")
    found = []
    for row in made["delivered_sections"].to_pylist():
        who = known[patient[row["stay_id"]]]
        key = row["document_id"], row["section"], row["seq"]
        found.append((row["text"] or "", places[key], [who[f] for f in fields]))
    return found


@pytest.mark.parametrize("known", [False, True], ids=["nothing known", "patient known"])
def test_what_was_planted_is_found_and_little_else_is_hidden(texts, known, record_property):
    planted, found, hidden, right, missed = Counter(), Counter(), 0, 0, Counter()
    for text, places, who in texts:
        spans = deidentify(text, who if known else ()).spans
        for place in places:
            planted[place["kind"]] += 1
            if any(s.start <= place["start"] and place["end"] <= s.end for s in spans):
                found[place["kind"]] += 1
            else:
                missed[text[max(0, place["start"] - 8) : place["end"] + 6]] += 1
        hidden += len(spans)
        right += sum(any(s.start < p["end"] and p["start"] < s.end for p in places) for s in spans)
    assert min(planted.values()) > 20
    assert set(planted) == {"name", "phone", "id_number", "address", "record_number"}
    recall, precision = found.total() / planted.total(), right / hidden
    by_kind = {kind: f"{found[kind]}/{n}" for kind, n in planted.items()}
    record_property("deidentifying", f"recall {recall:.4f}, precision {precision:.4f}, {by_kind}")
    assert recall >= LEAST_RECALL[known], missed.most_common(5)
    assert precision >= LEAST_PRECISION
    for kind in ("phone", "id_number", "address", "record_number"):
        assert found[kind] == planted[kind], kind
