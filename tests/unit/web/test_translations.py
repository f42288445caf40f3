"""The catalogs: compiled as written, placeholders kept, the words of every page translated."""

import ast
import gettext
import re
from pathlib import Path

import pytest

import zhikong

LOCALE = Path(zhikong.__file__).parent / "web" / "locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)")
BASE_WORDS = (
    "我的待办",
    "问题整改",
    "通知",
    "指标监测",
    "退出登录",
    "跳到正文",
    "没有权限",
    "整改答复",
    "逾期",
)


def entries(language):
    """Pairs of message id and translation of a .po file that has one line for each string."""
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    found = re.findall(r'^msgid (".*")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".*")$', text, re.M)
    return [(ast.literal_eval(i), ast.literal_eval(s)) for i, s in found if i != '""']


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_compiled_as_written(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    pairs = [(i, s) for i, s in entries(language) if s]
    assert len(pairs) > 300
    for message, translated in pairs:
        assert translated in (compiled.gettext(message), compiled.ngettext(message, message, 1))


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_placeholders_are_kept(language):
    for message, translated in entries(language):
        if translated:
            assert set(PLACEHOLDER.findall(message)) == set(PLACEHOLDER.findall(translated)), message


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_the_words_of_every_page_are_there(language):
    known = dict(entries(language))
    assert [word for word in BASE_WORDS if not known.get(word)] == []


@pytest.mark.parametrize(
    ("cookie", "asked", "words"),
    [
        ("", "en-US", "我的待办"),
        ("en", "zh-CN", "My tasks"),
        ("zh-hant", "", "我的待辦"),
        ("xx", "", "我的待办"),
    ],
)
def test_the_reader_chooses_the_language(as_role, cookie, asked, words):
    client = as_role("quality_office")
    client.cookies["django_language"] = cookie
    page = client.get("/tasks/", headers={"accept-language": asked} if asked else None)
    assert words in page.content.decode()
