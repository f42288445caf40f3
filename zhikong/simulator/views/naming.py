"""What the views of the simulated hospital's systems are called, and what their columns are called."""

from functools import cache

from zhikong.engine.tables import TABLES, Column, Type

VIEWS = {
    "stays": "V_ZY_BRSY",
    "front_pages": "V_BA_SYXX",
    "diagnoses": "V_BA_ZDXX",
    "operations": "V_SS_SSXX",
    "transfers": "V_ZY_ZKJL",
    "icu_stays": "V_ZY_ZZJH",
    "results": "V_LIS_JYJG",
    "documents": "V_EMR_WSML",
    "document_sections": "V_EMR_WSNR",
    "consents": "V_EMR_ZQTY",
    "consultations": "V_EMR_HZJL",
    "orders": "V_HIS_YZXX",
    "medications": "V_HIS_YYJL",
    "transfusions": "V_XK_SXJL",
    "condition_periods": "V_HIS_BQJB",
    "rescues": "V_EMR_QJJL",
    "infections": "V_YG_GRBL",
    "devices": "V_HL_DGSY",
    "assessments": "V_HL_PGJL",
    "charges": "V_HIS_FYMX",
    "fees": "V_BA_SYFY",
    "pathways": "V_EMR_LCLJ",
    "visits": "V_MZ_JZJL",
    "visit_records": "V_MZ_BLJL",
    "appointments": "V_MZ_YYGH",
    "prescriptions": "V_MZ_CFMX",
    "adverse_events": "V_BL_SJDJ",
    "staff": "V_RS_RYXX",
    "duty_shifts": "V_RS_ZBBC",
    "bed_days": "V_TJ_CWRB",
    "reported_counts": "V_TJ_TBS",
}
"""Contract table -> view. A table without an entry is not offered by this hospital."""

RECORD, ADMISSION, CHANGED = "病案号", "住院次数", "更新时间"
IDENTITY = {
    "name": "姓名",
    "id_number": "证件号码",
    "phone": "联系电话",
    "address": "住址",
    "birth_date": "出生日期",
}
GIVEN = ("institution", "zone", "stay_id", "patient_key")
"""Columns that the views do not have: told by the receiver, or by 病案号 and 住院次数."""


@cache
def column_names(table: str) -> dict[str, str]:
    """Contract column -> the view's column: the short form of its meaning, numbered where two would be alike."""
    found: dict[str, str] = {}
    taken = {RECORD, ADMISSION, CHANGED, *IDENTITY.values()}
    for column in TABLES[table].columns:
        if column.name not in GIVEN:
            name = _short(column)
            while name in taken:
                name += "2" if not name[-1].isdigit() else "0"
            taken.add(name)
            found[column.name] = name
    return found


def _short(column: Column) -> str:
    """At most 18 characters: PostgreSQL keeps 63 bytes of a name."""
    for mark in "：，；（、/":
        if column.meaning.find(mark) > 0:
            return column.meaning[: column.meaning.find(mark)].replace(" ", "")[:18]
    return column.meaning.replace(" ", "")[:18]


def is_money(column: Column) -> bool:
    """The views have yuan with two decimals where the contract has 分."""
    return column.type is Type.INT and column.unit == "分"


def has_stay(table: str) -> bool:
    return "stay_id" in TABLES[table].column_names


def has_patient(table: str) -> bool:
    return has_stay(table) or "patient_key" in TABLES[table].column_names


def carried() -> set[tuple[str, str]]:
    """(table, column) of everything that the views say and the mapping views_sample reads back."""
    return {(table, column) for table in VIEWS if table in TABLES for column in TABLES[table].column_names}
