"""Tables of the medical record: documents with their sections, talks and consents."""

from __future__ import annotations

from zhikong.engine.tables import codes, event_codes
from zhikong.engine.tables.building import STAY_ID, STAY_MONTH, at, code, own_id, text
from zhikong.engine.tables.model import Column, Rule, Table, Type

DOCUMENTS = Table(
    name="documents",
    meaning="病历文书：每行是一份文书",
    columns=(
        STAY_ID,
        own_id("document_id", "文书的唯一编号"),
        code("type", "文书类别（WS/T 500 编号）", codes.DOCUMENT_TYPE, nullable=False),
        at("written_at", "书写完成时间（当地时间）"),
        at("signed_at", "签名时间（当地时间）"),
        text("author", "书写者工号"),
        text("department", "书写科室代码"),
        text("title", "文书标题"),
        at("occurred_at", "文书所记事项发生的时间（当地时间）"),
        at("created_at", "系统中新建文书的时间（当地时间）"),
        code("author_level", "书写者职级", event_codes.STAFF_LEVEL),
        text("cosigned_by", "审签者工号"),
        code("cosigner_level", "审签者职级", event_codes.STAFF_LEVEL),
        at("cosigned_at", "审签时间（当地时间）"),
        text("about", "所记事项：表名:编号，如 operations:1、consultations:HZ001"),
    ),
    month_of=STAY_MONTH,
    key=("document_id",),
    child_of="stays",
)

DOCUMENT_SECTIONS = Table(
    name="document_sections",
    meaning="文书内容：每行是一份文书的一个部分，文字已去除身份信息",
    columns=(
        STAY_ID,
        text("document_id", "所属文书的编号", nullable=False),
        Column("seq", Type.INT, "次序，从 1 开始", nullable=False, minimum=1),
        text("section", "部分名称，如 主诉、现病史、诊断依据、诊疗计划", nullable=False),
        text("text", "文字内容（已去除姓名、电话、证件号、住址等）"),
    ),
    month_of=STAY_MONTH,
    key=("document_id", "section", "seq"),
    child_of="stays",
)

CONSENTS = Table(
    name="consents",
    meaning="谈话与知情同意：每行是一次谈话或一份同意书",
    columns=(
        STAY_ID,
        own_id("consent_id", "谈话或同意书的编号"),
        code("kind", "类别", event_codes.CONSENT_KIND, nullable=False),
        at("talked_at", "谈话时间（当地时间）"),
        text("doctor", "谈话医师工号"),
        code("signer", "签字人", event_codes.SIGNER),
        at("signed_at", "患方签字时间（当地时间）"),
        text("about", "所谈事项：表名:编号，如 operations:1"),
    ),
    month_of=STAY_MONTH,
    key=("consent_id",),
    child_of="stays",
)

CONSULTATIONS = Table(
    name="consultations",
    meaning="会诊：每行是一次会诊",
    columns=(
        STAY_ID,
        own_id("consultation_id", "会诊的编号"),
        code("urgency", "会诊类别", codes.CONSULTATION_URGENCY),
        at("requested_at", "申请时间（当地时间）"),
        text("from_department", "申请科室代码"),
        text("to_department", "受邀科室代码"),
        at("arrived_at", "会诊医师到达时间（当地时间）"),
        at("completed_at", "会诊意见完成时间（当地时间）"),
        text("doctor", "会诊医师工号"),
        code("doctor_level", "会诊医师职级", event_codes.STAFF_LEVEL),
    ),
    month_of=STAY_MONTH,
    key=("consultation_id",),
    child_of="stays",
    rules=(Rule("requested_at", "arrived_at", "会诊到达时间早于申请时间"),),
)

RECORD_TABLES = (DOCUMENTS, DOCUMENT_SECTIONS, CONSENTS, CONSULTATIONS)
