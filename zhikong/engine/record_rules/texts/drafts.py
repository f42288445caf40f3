"""What rules would say of one document that is still being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from zhikong.engine.record_rules.model import Verdict
from zhikong.engine.record_rules.texts.charts import VISITS, Chart, Document, Row, document_of
from zhikong.engine.record_rules.texts.judging import finding_list, judged_alone, needs_of
from zhikong.engine.record_rules.texts.model import ContentRule, Finding

DRAFT = "draft"


def check_draft(
    rules: Sequence[ContentRule],
    *,
    stay: Row,
    document: Row,
    sections: Sequence[Row],
    children: Mapping[str, Sequence[Row]] | None = None,
    now: datetime,
) -> list[Finding]:
    """The places of a draft that rules object to. Pure: reads nothing, changes nothing.

    stay: the row of the stay (of the visit, for a rule over visits its row is the draft). document: its row, at least
    `type`; an earlier state of it among the children is left aside. sections: rows with section, seq and text.
    children: rows of the stay by table, as far as they are at hand; rules that need others do not speak. Only rules that
    look at documents of this type are asked, and only what concerns the draft is told. A signature is not asked of a
    draft. What needs other patients' records (copies between patients) waits for the batch.
    """
    own = dict(document) | {"stay_id": stay.get("stay_id")}
    own["document_id"] = own.get("document_id") or DRAFT
    chart, draft = _chart(stay, own, sections, children or {}, now)
    found: list[Finding] = []
    for rule in rules:
        if _concerns(rule, draft, chart):
            one = judged_alone(rule, chart)
            one.hits = [hit for hit in one.hits if hit.document is draft and not _of_signing(hit.reason)]
            told = [] if one.verdict is Verdict.NOT_ASSESSABLE else finding_list(rule, one)
            found += told
    return found


def _chart(
    stay: Row, own: Row, sections: Sequence[Row], children: Mapping[str, Sequence[Row]], now: datetime
) -> tuple[Chart, Document]:
    if own.get("type") is None:
        own["type"] = ""
    others = [row for row in children.get("documents", ()) if row.get("document_id") != own["document_id"]]
    rows = {name: list(given) for name, given in children.items()}
    rows["documents"] = [*others, own]
    mine = [dict(row) | {"document_id": own["document_id"]} for row in sections]
    theirs = [r for r in children.get("document_sections", ()) if r.get("document_id") != own["document_id"]]
    rows["document_sections"] = [*theirs, *mine]
    chart = Chart(str(stay.get("stay_id")), dict(stay), rows, now=now)
    draft = next(one for one in chart.documents if one.row is own)
    if not draft.pieces:
        draft.pieces = document_of(own, mine).pieces
    return chart, draft


def _concerns(rule: ContentRule, draft: Document, chart: Chart) -> bool:
    if (
        rule.table == VISITS
        or rule.selection.rows
        or (rule.selection.types and draft.type not in rule.selection.types)
    ):
        return False
    return all(table in chart.children or table == "stays" for table in needs_of(rule))


def _of_signing(reason: str) -> bool:
    return reason in ("没有签名", "没有书写者") or "没有上级审签" in reason
