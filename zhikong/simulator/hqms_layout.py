"""The 811 columns of the HQMS front-page file ("绩效2.0", 2020) in their order (domain reference, j1)."""

OTHERS = 40
"""So many other diagnoses, and so many other operations, fit on the page."""
ICU_STAYS = 5

_BEFORE = """
A01 A02 A48 A49 B12 B15
A47 A46C A11 A12C A13 A14 A15C A21C A38C A19C
A20N A20 A22 A23C A24 A25C A26 A27 A28C
A29 A30 A31C A32 A33C A34 A35
B38 B11C B13C B14 B21C B16C B17 B20
C01C C02N F01 F02C F03N F04
C03C C04N C05C F05
"""
_OTHER_DIAGNOSIS = "C06x{n:02d}C C07x{n:02d}N C08x{n:02d}C F06x{n:02d}"
_MIDDLE = """
C09C C10N C11 F07x01C F08x01N F09x01 F07x02C F08x02N F09x02
C12C C13N C24C C25 F10 F11 F12
B22C B22 B23C B23 B24C B24 B25C B25 B26C B26 B27 B28 B29
B30C B31 B32 B33 C34C C26C C27C
"""
PRINCIPAL_OPERATION = (
    "C14x01C", "C15x01N", "C16x01", "C17x01", "F13", "C18x01", "C19x01", "C20x01", "C21x01C", "C22x01C", "F15",
    "C23x01",
)  # fmt: skip
"""Code, name, date, grade, minutes, operator, two assistants, incision, anaesthesia, its grade, anaesthetist."""

_OTHER_OPERATION = (
    "C35x{n:02d}C C36x{n:02d}N C37x{n:02d} C38x{n:02d} F14x{n:02d} C39x{n:02d} C40x{n:02d} C41x{n:02d} "
    "C42x{n:02d}C C43x{n:02d}C F16x{n:02d} C44x{n:02d}"
)
_CARE = """
F17 F18 F19 F20 F21 F22 F23 F24 F25 F26
A16 A18x01 A18x02 A18x03 A18x04 A18x05 A17
C28 C29 C30 C31 C32 C33
C47
"""
_ICU = "C48x{n:02d}C C49x{n:02d} C50x{n:02d}"
_END = """
B36C B37 B34C B35
D01 D09 D11 D12 D13 D14 D15 D16 D17 D18
D19 D19x01 D20 D20x01 D20x02 D21 D22
D23 D23x01 D24 D25 D26 D27 D28 D29 D30 D31 D32 D33 D34
"""


def other_diagnosis(n: int) -> list[str]:
    """Code, name, condition on admission and outcome of the n-th other diagnosis (from 1)."""
    return _OTHER_DIAGNOSIS.format(n=n).split()


def operation(n: int) -> list[str]:
    """The twelve columns of the n-th operation: 0 is the principal one, 1 to 40 the others."""
    return list(PRINCIPAL_OPERATION) if n == 0 else _OTHER_OPERATION.format(n=n).split()


def icu_stay(n: int) -> list[str]:
    """Unit, time in and time out of the n-th ICU stay (from 1)."""
    return _ICU.format(n=n).split()


def columns() -> list[str]:
    """All 811 column codes in order."""
    numbers = range(1, OTHERS + 1)
    names = _BEFORE.split()
    names += [name for n in numbers for name in other_diagnosis(n)]
    names += _MIDDLE.split()
    names += operation(0) + [name for n in numbers for name in operation(n)]
    names += _CARE.split() + [name for n in range(1, ICU_STAYS + 1) for name in icu_stay(n)]
    names += _END.split()
    if len(names) != 811 or len(set(names)) != 811:
        raise AssertionError(f"the layout has {len(names)} columns, not 811")
    return names
