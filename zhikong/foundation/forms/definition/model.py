"""What a form is: sections of items, who fills it, how it is scored. Plain values that know no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zhikong.engine.conditions import Condition


class FormKind(StrEnum):
    CHECKLIST = "checklist"
    REGISTER = "register"
    SCORE_SHEET = "score_sheet"
    SURVEY = "survey"
    REPORT = "report"


class Subject(StrEnum):
    """What one sheet is about."""

    DEPARTMENT = "department"
    PERSON = "person"
    PATIENT = "patient"
    NONE = "none"


class ItemType(StrEnum):
    YES_NO = "yes_no"
    YES_NO_NA = "yes_no_na"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    PERSON = "person"
    DEPARTMENT = "department"
    PATIENT = "patient"
    PHOTO = "photo"
    SIGNATURE = "signature"
    TABLE = "table"
    OBSERVATION = "observation"
    NOTE = "note"


YES_NO = frozenset({ItemType.YES_NO, ItemType.YES_NO_NA})
SCORABLE = frozenset({*YES_NO, ItemType.CHOICE, ItemType.CHOICES, ItemType.NUMBER, ItemType.OBSERVATION})
WITHOUT_ANSWER = frozenset({ItemType.NOTE})
NOT_IN_TABLES = frozenset(
    {ItemType.TABLE, ItemType.NOTE, ItemType.PHOTO, ItemType.SIGNATURE, ItemType.OBSERVATION}
)


class Evidence(StrEnum):
    NEVER = "never"
    ALWAYS = "always"
    WHEN_NO = "when_no"


class Severity(StrEnum):
    """How grave a "no" is: the level that a finding from this item is given unless the inspector says otherwise."""

    MINOR = "minor"
    MAJOR = "major"


class Look(StrEnum):
    """How an inspector comes to the answer; two inspectors who look differently do not find the same."""

    LOOK = "look"  # 看现场、看实物
    WATCH = "watch"  # 看人怎样操作
    ASK = "ask"  # 问职工或患者
    READ = "read"  # 查记录
    TRY = "try"  # 请人演示，或自己试一试
    COUNT = "count"  # 清点


class Effect(StrEnum):
    """What a veto does when its item is answered "no"."""

    NONE = "none"
    FAIL = "fail"  # the sheet does not pass, whatever its points
    SECTION_ZERO = "section_zero"
    SHEET_ZERO = "sheet_zero"
    CAP = "cap"  # the sheet gets at most `points`
    DEDUCT = "deduct"  # `points` are taken from the sheet; several such vetoes take the largest once


class Part(StrEnum):
    """Which half of a score a section belongs to, where a sheet tells them apart (REC-14: 40 and 60)."""

    FORM = "form"  # 形式：完成、时限、格式
    CONTENT = "content"  # 内涵


class Scoring(StrEnum):
    DEDUCT = "deduct"  # the section starts full and loses
    SUM = "sum"  # the section starts at nothing and wins


@dataclass(frozen=True, slots=True)
class Veto:
    effect: Effect = Effect.NONE
    points: Decimal | None = None

    def __bool__(self) -> bool:
        return self.effect is not Effect.NONE


@dataclass(frozen=True, slots=True)
class Points:
    """What an item is worth.

    full: points when all is well. when_no: points for "no". each: points that one unit of a number loses
    (每处扣 0.5 分); a number without `each` is the points won.
    """

    full: Decimal
    when_no: Decimal = Decimal(0)
    each: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    text: str
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a form. Fields that a type does not know stay at their default."""

    id: str
    type: ItemType
    text: str
    help: str = ""
    required: bool = False
    points: Points | None = None
    veto: Veto = Veto()
    veto_list: str = ""  # which list of a grade policy the veto counts on; '' is the ordinary one
    rules: tuple[str, ...] = ()  # record rules whose findings are proposed as deductions on this item
    evidence: Evidence = Evidence.NEVER
    clause: str = ""
    severity: Severity | None = None
    check: Look | None = None
    mark: str = ""  # how sure this item is, where it differs from the form's source
    show_if: str = ""
    condition: Condition | None = field(default=None, compare=False)
    options: tuple[Option, ...] = ()
    unit: str = ""
    min: Decimal | None = None
    max: Decimal | None = None
    decimals: int = 0
    of: int | None = None
    columns: tuple[Item, ...] = ()
    rows_min: int = 0
    rows_max: int = 50
    fixed: tuple[str, ...] = ()  # row headings of a table whose rows are given

    @property
    def is_scored(self) -> bool:
        """Options with points score by themselves; everything else needs `score`."""
        return self.points is not None or any(option.score is not None for option in self.options)

    @property
    def full(self) -> Decimal:
        """The most points that the item can give; 0 when it is not scored."""
        if self.points is not None:
            return self.points.full
        scores = [option.score or Decimal(0) for option in self.options]
        return max(scores, default=Decimal(0)) if self.type is ItemType.CHOICE else sum(scores, Decimal(0))

    @property
    def has_answer(self) -> bool:
        return self.type not in WITHOUT_ANSWER

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A group of items. cap: what the section is worth when its items could lose or win more."""

    id: str
    title: str
    items: tuple[Item, ...]
    help: str = ""
    cap: Decimal | None = None
    scoring: Scoring = Scoring.DEDUCT
    part: Part | None = None

    @property
    def is_scored(self) -> bool:
        return any(item.is_scored for item in self.items)

    @property
    def full(self) -> Decimal:
        """What the section is worth when every item applies."""
        return self.worth(sum((item.full for item in self.items), Decimal(0)))

    def worth(self, total: Decimal) -> Decimal:
        """What it is worth when its items come to `total`."""
        return total if self.cap is None else min(self.cap, total)


@dataclass(frozen=True, slots=True)
class Grade:
    at_least: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the form comes from. mark: verified, paraphrased or memory (packs/README.md)."""

    document: str
    clause: str = ""
    mark: str = "memory"


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One version of a form.

    title: by language, `zh` always there. fill: codes of roles that may fill it; empty lets everybody in scope.
    full_score: what the points are converted to; None when the form is not scored.
    """

    id: str
    version: int
    kind: FormKind
    titles: Mapping[str, str]
    purpose: str
    source: Source
    owner: str
    checker: str
    next_review: date
    sections: tuple[Section, ...]
    subject: Subject = Subject.DEPARTMENT
    fill: tuple[str, ...] = ()
    full_score: Decimal | None = None
    pass_score: Decimal | None = None
    grades: tuple[Grade, ...] = ()
    number: str = ""  # pattern of the sheet's number, e.g. JJC-{year}-{serial:04d}; empty numbers none
    notes: str = ""  # what a hospital should compare or decide before it uses the form

    @property
    def title(self) -> str:
        return self.titles["zh"]

    @property
    def is_scored(self) -> bool:
        return self.full_score is not None

    def mark_of(self, item: Item) -> str:
        """How sure an item is: its own mark, or that of the form's source."""
        return item.mark or self.source.mark

    def items(self) -> Iterator[Item]:
        """All items in the order of the paper, without the columns of tables."""
        for section in self.sections:
            yield from section.items

    def item(self, item_id: str) -> Item | None:
        return next((item for item in self.items() if item.id == item_id), None)

    def section_of(self, item_id: str) -> Section | None:
        return next((s for s in self.sections if any(i.id == item_id for i in s.items)), None)
