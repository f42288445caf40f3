"""Why a row or a file is not taken: one Chinese sentence that says what is wrong, one that says what to do."""

from dataclasses import dataclass


class FileRefused(Exception):
    """The file as a whole cannot be read; nothing of it is loaded. `message` and `remedy` are Chinese sentences."""

    def __init__(self, message: str, remedy: str):
        super().__init__(f"{message}{remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Problem:
    """One faulty cell or row. `row` counts as a spreadsheet does: the header is row 1, unless the source has none.

    `column` is the contract's column, `label` the name in the hospital's own file, `value` what stood there,
    masked where it could identify a person.
    """

    source: str
    row: int
    table: str
    column: str
    label: str
    value: str | None
    reason: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of fault. `sentence` and `remedy` may use {label}, {value} and {detail}."""

    id: str
    title: str
    sentence: str
    remedy: str


_AGAIN = "改正后重新导出并导入；已导入的行不会重复。"

REASONS: dict[str, Reason] = {
    r.id: r
    for r in (
        Reason("missing_value", "必填项为空", "{label}为空，此项必填。", "在源系统补填后重新导出并导入。"),
        Reason(
            "not_a_datetime",
            "不是日期时间",
            "{label}的值“{value}”不是有效的日期时间。",
            "写成 2026-01-31 08:30:00 这样的形式，" + _AGAIN,
        ),
        Reason(
            "not_a_date",
            "不是日期",
            "{label}的值“{value}”不是有效的日期。",
            "写成 2026-01-31 这样的形式，" + _AGAIN,
        ),
        Reason(
            "not_a_whole_number",
            "不是整数",
            "{label}的值“{value}”不是整数。",
            "只写数字，不带单位和千分位，" + _AGAIN,
        ),
        Reason(
            "not_a_number",
            "不是数字",
            "{label}的值“{value}”不是数字。",
            "只写数字，不带单位和千分位，" + _AGAIN,
        ),
        Reason(
            "not_an_amount",
            "不是金额",
            "{label}的值“{value}”不是金额（元）。",
            "写成 1234.56 这样的形式，" + _AGAIN,
        ),
        Reason(
            "not_yes_no",
            "不是“是/否”",
            "{label}的值“{value}”不是 1（是）或 0（否）。",
            "只写 1 或 0，" + _AGAIN,
        ),
        Reason(
            "not_in_codes",
            "代码不在代码表中",
            "{label}的值“{value}”不在代码表中，可用：{detail}。",
            "在源系统改为标准代码，或在映射文件的 codes 中加入对照后重新导入。",
        ),
        Reason("below_minimum", "数值过小", "{label}的值“{value}”小于允许的最小值 {detail}。", _AGAIN),
        Reason(
            "unknown_department",
            "科室不在目录中",
            "{label}的值“{value}”不是本机构的科室代码、名称或别名。",
            "在“组织”中添加该科室或别名后，重新导入本文件即可补入本行。",
        ),
        Reason("out_of_order", "前后矛盾", "{detail}（{label}：{value}）。", "核对原始记录，" + _AGAIN),
        Reason(
            "duplicate",
            "重复",
            "与第 {detail} 行重复（{label}相同），只导入先出现的一行。",
            "核对哪一行正确，删去另一行后重新导入。",
        ),
        Reason(
            "no_stay",
            "找不到所属住院",
            "所属的住院记录不在文件中，或已因其他问题被隔离。",
            "先改正对应的住院记录，再重新导入。",
        ),
        Reason(
            "column_count",
            "列数不符",
            "本行有 {value} 列，表头有 {detail} 列。",
            "检查本行是否有未加引号的分隔符或换行，" + _AGAIN,
        ),
        Reason(
            "unreadable_row",
            "无法读取的行",
            "本行不是一个 JSON 对象（{value} 字节）。",
            "每行写一个 JSON 对象，用 UTF-8 编码，" + _AGAIN,
        ),
        Reason(
            "not_hl7",
            "不是 HL7 消息",
            "这一段不是 HL7 v2 消息（没有有效的 MSH 段）。",
            "请核对接口发出的内容；正确的消息不受影响。",
        ),
        Reason(
            "bad_encoding",
            "字符集不符",
            "消息的字符与 MSH-18 声明的字符集不符，或字符集不认识（{detail}）。",
            "请让接口在 MSH-18 写明 UNICODE UTF-8 或 GB 18030-2000，并按它编码。",
        ),
        Reason(
            "message_too_long",
            "消息过长",
            "消息超过 {detail} MB，没有读入。",
            "请把影像、PDF 等附件留在原系统，只发送文字和编码。",
        ),
        Reason(
            "wrong_resource",
            "资源类型不符",
            "此处应为 {detail} 资源，实际是“{value}”。",
            "把资源放到它自己类型的文件里，" + _AGAIN,
        ),
        Reason(
            "no_resource",
            "没有资源内容",
            "Bundle 的这一项没有 resource。",
            "请让对方系统在 entry.resource 写出资源内容。",
        ),
        Reason("too_long", "内容过长", "本行超过 64 MB，没有读入。", "请把影像等附件留在原系统。"),
        Reason(
            "superseded",
            "已有更新的版本",
            "同一资源（{value}）在第 {detail} 行有更新的版本，本行不导入。",
            "无需处理；两行都保留在原始数据里。",
        ),
        Reason(
            "withdrawn",
            "已作废",
            "资源（{value}）已标为录入错误（entered-in-error）或已删除，不导入。",
            "无需处理；如属误删，请在源系统恢复后重新发送。",
        ),
        Reason(
            "outside_stays",
            "不在任何一次住院期间",
            "{label}：该患者在此时间没有住院，这张表只收住院期间的记录。",
            "如应属于某次住院，请让源系统写明所属就诊（encounter）或更正时间。",
        ),
        Reason("in_the_future", "时间在将来", "{label}的值“{value}”晚于导入时间。", "核对年份，" + _AGAIN),
    )
}


def problem(
    reason: str,
    *,
    source: str,
    row: int,
    table: str,
    column: str,
    label: str,
    value: str | None,
    detail: str = "",
) -> Problem:
    """A `Problem` with its sentence and remedy filled in. Raises KeyError for an unknown reason."""
    kind = REASONS[reason]
    words = {"label": label, "value": "" if value is None else value, "detail": detail}
    sentence = kind.sentence.format(**words)
    return Problem(source, row, table, column, label, value, reason, sentence, kind.remedy.format(**words))
