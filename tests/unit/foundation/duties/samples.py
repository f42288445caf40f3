"""A duty as its author writes it, to be bent by the tests."""

from pathlib import Path

from zhikong.foundation.duties.definition.reading import parse

TEXT = """\
id: monthly_self_check
version: 1
title: {zh: 科室每月自查, en: Monthly self-check}
purpose: 每月自查，找出要改的事
source: {document: 000-P4, clause: L218, mark: verified}
owner: quality_office
checker: medical_affairs
next_review: 2027-10-31
body: department
who: {role: qc_officer, department_kinds: [clinical]}
every: month
due: {working_day: 5, of: following}
evidence: {form: department_self_check}
says: 科室应每月自查、总结、上报（000-P4 L218）
"""


def written(**changes: str) -> str:
    """The text with some lines replaced (or, for None, left out); a new key is appended."""
    lines = TEXT.splitlines()
    for key, value in changes.items():
        at = next((i for i, line in enumerate(lines) if line.startswith(f"{key}:")), None)
        if value is None:
            lines.pop(at)
        elif at is None:
            lines.append(f"{key}: {value}")
        else:
            lines[at] = f"{key}: {value}"
    return "\n".join(lines) + "\n"


def duty(**changes: str):
    """The duty that the changed text gives; the file is called after its id."""
    text = written(**changes)
    found = parse(text, file=Path(f"{changes.get('id', 'monthly_self_check')}.yaml"))
    assert not isinstance(found, list), [str(problem) for problem in found]
    return found


def problems(**changes: str):
    found = parse(written(**changes), file=Path("monthly_self_check.yaml"))
    assert isinstance(found, list), "the text should have been refused"
    return found
