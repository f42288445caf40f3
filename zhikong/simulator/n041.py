"""The same front pages as the direct-report CSV 卫统4-1 / N041: pinyin headers in their order, dates and hours apart."""

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import hqms_layout

OTHERS, OPERATIONS = 15, 7
PAPER_ORDER = (8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
"""Other diagnoses stand in two columns on paper; the file follows the lines."""

_BEFORE = {
    "USERNAME": "A02", "YLFKFS": "A46C", "JKKH": "A47", "ZYCS": "A49", "BAH": "A48", "XM": "A11", "XB": "A12C",
    "CSRQ": "A13", "NL": "A14", "GJ": "A15C", "BZYZSNL": "A16", "XSECSTZ": "A18x01", "XSERYTZ": "A17", "CSD": "A22",
    "GG": "A23C", "MZ": "A19C", "SFZH": "A20", "ZY": "A38C", "HY": "A21C", "XZZ": "A26", "DH": "A27", "YB1": "A28C",
    "HKDZ": "A24", "YB2": "A25C", "GZDWJDZ": "A29", "DWDH": "A30", "YB3": "A31C", "LXRXM": "A32", "GX": "A33C",
    "DZ": "A34", "DH2": "A35", "RYTJ": "B11C", "RYSJ": "B12", "RYSJS": "B12", "RYKB": "B13C", "RYBF": "B14",
    "ZKKB": "B21C", "CYSJ": "B15", "CYSJS": "B15", "CYKB": "B16C", "CYBF": "B17", "SJZYTS": "B20", "MZZD": "C02N",
    "JBBM": "C01C", "ZYZD": "C04N", "JBDM": "C03C", "RYBQ": "C05C",
}  # fmt: skip
_MIDDLE = {
    "WBYY": "C13N", "H23": "C12C", "BLZD": "C10N", "JBMM": "C09C", "BLH": "C11", "YWGM": "C24C", "GMYW": "C25",
    "SWHZSJ": "C34C", "XX": "C26C", "RH": "C27C", "KZR": "B22", "ZRYS": "B23", "ZZYS": "B24", "ZYYS": "B25",
    "ZRHS": "B26", "JXYS": "B27", "SXYS": "B28", "BMY": "B29", "BAZL": "B30C", "ZKYS": "B31", "ZKHS": "B32",
    "ZKRQ": "B33",
}  # fmt: skip
_END = {
    "LYFS": "B34C", "YZZY_YLJG": "B35", "WSY_YLJG": "B35", "SFZZYJH": "B36C", "MD": "B37", "RYQ_T": "C28",
    "RYQ_XS": "C29", "RYQ_F": "C30", "RYH_T": "C31", "RYH_XS": "C32", "RYH_F": "C33", "ZFY": "D01", "ZFJE": "D09",
    "YLFUF": "D11", "ZLCZF": "D12", "HLF": "D13", "QTFY": "D14", "BLZDF": "D15", "SYSZDF": "D16", "YXXZDF": "D17",
    "LCZDXMF": "D18", "FSSZLXMF": "D19", "WLZLF": "D19x01", "SSZLF": "D20", "MAF": "D20x01", "SSF": "D20x02",
    "KFF": "D21", "ZYZLF": "D22", "XYF": "D23", "KJYWF": "D23x01", "ZCYF": "D24", "ZCYF1": "D25", "XF": "D26",
    "BDBLZPF": "D27", "QDBLZPF": "D28", "NXYZLZPF": "D29", "XBYZLZPF": "D30", "HCYYCLF": "D31", "YYCLF": "D32",
    "YCXYYCLF": "D33", "QTF": "D34",
}  # fmt: skip
_OPERATION = ("SSJCZBM", "SSJCZRQ", "SSJB", "SSJCZMC", "SZ", "YZ", "EZ", "QKDJ", "QKYHLB", "MZFS", "MZYS")
_WOUND_CLASS = {**dict.fromkeys(("1", "2", "3", "10"), "1"), **dict.fromkeys(("4", "5", "6", "11"), "2"),
                **dict.fromkeys(("7", "8", "9", "12"), "3"), "0": "0"}  # fmt: skip
_HEALING = {"1": "1", "2": "2", "3": "3", "10": "9", "4": "1", "5": "2", "6": "3", "11": "9", "7": "1", "8": "2",
            "9": "3", "12": "9"}  # fmt: skip
_MARITAL = {"10": "1", "20": "2", "30": "3", "40": "4", "90": "9"}


def header() -> list[str]:
    """The columns in their order."""
    others = [f"{name}{n}" for n in PAPER_ORDER for name in ("QTZD", "JBDM", "RYBQ")]
    operations = [f"{name}{n}" for n in range(1, OPERATIONS + 1) for name in _OPERATION]
    return [*_BEFORE, *others, *_MIDDLE, *operations, *_END]


def n041(page: pa.Table) -> pa.Table:
    """The HQMS page (text columns) as N041; what N041 has no room for is left out."""
    made = {name: page[code] for name, code in (_BEFORE | _MIDDLE | _END).items()}
    for name in ("RYSJ", "CYSJ"):
        made[f"{name}S"] = pc.utf8_slice_codeunits(made[name], 11, 13)
        made[name] = _day(made[name])
    made["CSRQ"], made["HY"] = _day(made["CSRQ"]), _coded(made["HY"], _MARITAL)
    made["BZYZSNL"] = pc.if_else(pc.equal(page["A16"], "-"), "-", _months(page["A16"]))
    made["YZZY_YLJG"] = pc.if_else(pc.equal(page["B34C"], "2"), page["B35"], "-")
    made["WSY_YLJG"] = pc.if_else(pc.equal(page["B34C"], "3"), page["B35"], "-")
    for n in range(1, OTHERS + 1):
        made |= dict(
            zip(
                (f"JBDM{n}", f"QTZD{n}", f"RYBQ{n}"),
                _taken(page, hqms_layout.other_diagnosis(n)),
                strict=False,
            )
        )
    for n in range(OPERATIONS):
        made |= _operation(page, n)
    return pa.table([made[name] for name in header()], names=header())


def _taken(page: pa.Table, codes: list[str]) -> list[pa.ChunkedArray]:
    return [page[code] for code in codes[:3]]


def _operation(page: pa.Table, place: int) -> dict[str, pa.ChunkedArray]:
    code, name, at, grade, _, operator, first, second, wound, way, _, anaesthetist = (
        page[column] for column in hqms_layout.operation(place)
    )
    values = (code, _day(at), grade, name, operator, first, second, _coded(wound, _WOUND_CLASS),
              _coded(wound, _HEALING), way, anaesthetist)  # fmt: skip
    return {f"{key}{place + 1}": value for key, value in zip(_OPERATION, values, strict=True)}


def _day(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring_regex(times, r"^(\d{4})-(\d{2})-(\d{2}).*$", r"\1\2\3")


def _months(days: pa.ChunkedArray) -> pa.Array:
    """Months and thirtieths, as the interface writes them: 3 15/30."""
    return pa.array([f"{int(d) // 30} {int(d) % 30}/30" if d.isdigit() else "-" for d in days.to_pylist()])


def _coded(column: pa.ChunkedArray, codes: dict[str, str]) -> pa.Array:
    return pa.array([codes.get(value, "-") for value in column.to_pylist()], pa.string())
