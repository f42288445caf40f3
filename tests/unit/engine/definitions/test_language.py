"""What the expression language lets through, and what counts as the same condition."""

from __future__ import annotations

import pytest

from zhikong.engine.definitions import canonical, expressions
from zhikong.engine.definitions.problems import ExpressionError
from zhikong.engine.tables import TABLES

STAYS = expressions.Scope(TABLES["stays"])
HOSTILE = [
    "days > (select 1)",
    "exists (select 1 from stays)",
    "days > 1 union select 1",
    "read_text('secret') = 'x'",
    "getenv('HOME') = 'x'",
    "current_setting('x') = 'y'",
    "pg_sleep(10) is null",
    "cast(sex as regclass) = 'x'",
    "sex::int > 1",
    "try_cast(sex as int) > 1",
    "sex ~ '(a+)+$'",
    "sex similar to '(a+)+'",
    "regexp_matches(sex, '(a+)+$')",
    "columns(*) > 1",
    "days > all (select 1)",
    "row_number() over () > 1",
    "lead(days) over (order by days) > 1",
    "sum(days) > 1",
    "days[1] > 1",
    "{'a': 1}.a > 0",
    "list_filter([1], x -> x > 0) is null",
    "$1 > days",
    "? > days",
    "days > interval 1 day",
    "sex || 'a' = 'b'",
    "case when days > 1 then true else false end",
    "x.y.stay.days > 1",
    "attach 'x'",
    "install httpfs",
    "days > 1; drop table stays",
    "random() > 0.5",
    "now() > admitted_at",
    "days / 0 > 1",
    "days % 2 = 1",
    "date_diff('hour', admitted_at, discharged_at) > 1",
    "sex ilike 'a'",
    "sex glob 'a*'",
    "array[days] is null",
    "(days, age_years) in ((1, 2))",
    "unnest([1]) > 0",
    "cast(days as decimal(38, 10)) > 1",
    "days::varchar like '1%'",
    "try_cast(principal_diagnosis as date) is null",
    "safe_cast(days as int) > 1",
    "lag(days) over (partition by patient_key order by admitted_at) > 1",
    "first_value(days) over (order by days) > 1",
    "percentile_cont(0.9) within group (order by days) > 1",
    "quantile_cont(days, 0.9) > 1",
    "median(days) > 1",
    "count(*) > 1",
    "count(distinct patient_key) > 1",
    "count(*) filter (where days > 1) > 1",
    "arg_max(days, admitted_at) > 1",
    "date_trunc('month', admitted_at) = admitted_at",
    "extract(year from admitted_at) = 2026",
    "admitted_at + interval '1' day > discharged_at",
    "timestamp '2026-01-01' < admitted_at",
    "admitted_at at time zone 'UTC' > discharged_at",
    "current_date > confirmed_on",
    "sex collate nocase = 'A'",
    "sex is distinct from '1'",
    "(days > 1) is true",
    "days ** 2 > 1",
    "days & 1 = 1",
    "days // 2 > 1",
    "struct_pack(a := 1).a > 0",
    "list_transform([1], lambda x: x + 1)[1] > 0",
    "map {'a': 1}['a'] > 0",
    "x'41' = sex",
    "e'\\x41' = sex",
    "$$a$$ = sex",
    "days > 1 limit 1",
    "days > 1 qualify days > 2",
    "from stays",
    "pivot stays on sex",
    "set memory_limit = '1GB'",
    "pragma version",
    "copy stays to 'x'",
    "create table x as select 1",
    "has(operations, has(diagnoses))",
    "has(read_csv('x'))",
    "has(stays)",
    "last_by(operations, (select 1), performed_at)",
    "gap_hours(documents, now())",
    "stay.days > 1",
    "main.stays.days > 1",
]


OWN_WORDS = {
    "date_diff('hour', admitted_at, discharged_at) > 1": "hours_between",
    "lag(days) over (order by days) > 1": "last_by",
    "percentile_cont(0.9) within group (order by days) > 1": "percentile: 90",
    "quantile_cont(days, 0.9) > 1": "percentile: 90",
    "pctl(days, 90) > 1": "percentile: 90",
    "try_cast(sex as int) > 1": "数据契约",
    "cast(days as text) = '1'": "数据契约",
    "count_if(operations) > 1": "count_of",
    "in_valueset(principal_diagnosis, 'heart')": "in_codes",
    "case when days > 1 then true end": "if(条件",
    "days / 2 > 1": "multiplier",
    "sex like '1%'": "icd_prefix",
    "exists (select 1 from operations)": "has(",
    "now() > admitted_at": "重算",
    "avg(days) > 1": "kind: mean",
}


@pytest.mark.parametrize("text", OWN_WORDS)
def test_a_refusal_names_the_own_word(text: str) -> None:
    """What engines understand differently cannot be written, and the sentence says what can."""
    with pytest.raises(ExpressionError) as caught:
        expressions.condition(text, STAYS)
    assert OWN_WORDS[text] in caught.value.remedy


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_listed_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        expressions.condition(text, STAYS)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("days > 3 and day_surgery", "day_surgery and 3 < days"),
        ("days > 3 and (day_surgery and age_years > 1)", "(age_years > 1 and days > 3) and day_surgery"),
        ("day_surgery or day_surgery", "day_surgery"),
        ("sex in ('2', '1', '2')", "sex in ('1', '2')"),
        ("sex in ('1')", "sex = '1'"),
        ("'1' = sex", "sex = '1'"),
        ("days between 1 and 3", "days >= 1 and days <= 3"),
        ("not (not day_surgery)", "day_surgery"),
        ("sex != '1'", "sex <> '1'"),
        ("not sex is null", "sex is not null"),
        ("days > 2 * 5", "days > 10"),
        ("days + age_years > 1", "age_years + days > 1"),
        ("icd_prefix(principal_diagnosis, 'I22', 'I21')", "icd_prefix(principal_diagnosis, 'I21', 'I22')"),
        ("has(operations, true)", "has(operations)"),
    ],
)
def test_same_meaning_same_text(one: str, other: str) -> None:
    texts = {canonical.text(expressions.condition(text, STAYS)) for text in (one, other)}
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("days > 3", "days >= 3"),
        ("days - age_years > 1", "age_years - days > 1"),
        ("not day_surgery", "day_surgery"),
        ("icd_prefix(principal_diagnosis, 'I21')", "icd_prefix(principal_diagnosis, 'I2')"),
        ("has(operations, grade = '4')", "has(operations, grade = '3')"),
        ("has(operations)", "count_of(operations) = 1"),
        ("days_between(admitted_at, discharged_at) > 1", "days_between(discharged_at, admitted_at) > 1"),
    ],
)
def test_other_meaning_other_text(one: str, other: str) -> None:
    texts = {canonical.text(expressions.condition(text, STAYS)) for text in (one, other)}
    assert len(texts) == 2


def test_long_chains_are_read_without_deep_recursion() -> None:
    text = " or ".join(["sex = '1'", "sex = '2'"] * 70)
    node = expressions.condition(text, STAYS)
    assert canonical.text(node) == canonical.text(expressions.condition("sex = '1' or sex = '2'", STAYS))


@pytest.mark.parametrize("text", ["I21", "I20-I25", "A40", "O80", "74.9", "T92.600x002"])
def test_codes_and_ranges(text: str) -> None:
    assert expressions.code_range(text)


@pytest.mark.parametrize("text", ["", "-", "i21", "I25-I20", "I21%", "I21'", "I" * 17, "I20-", "I20-I25-I30"])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(ExpressionError):
        expressions.code_range(text)
