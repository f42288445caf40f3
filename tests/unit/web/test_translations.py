"""The catalogs: compiled as written, placeholders kept, the words of every page translated."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

import zhikong

PACKAGE = Path(zhikong.__file__).parent
LOCALE = PACKAGE / "web" / "locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)")
WRITTEN = re.compile(r"""\b(?:_|n?gettext(?:_lazy)?)\(\s*u?((['"]).*?(?<!\\)\2)\s*[,)]""", re.S)
TRANSLATES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}


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


def words_of_templates():
    """Message ids in templates, as Django's own extraction sees them."""
    for path in PACKAGE.rglob("templates/**/*.html"):
        for quoted, _quote in WRITTEN.findall(templatize(path.read_text("utf-8"))):
            yield ast.literal_eval(quoted)


def words_of_code():
    """Message ids in Python code."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in TRANSLATES and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
@pytest.mark.parametrize(("words", "least"), [(words_of_templates, 400), (words_of_code, 500)])
def test_no_word_of_the_screens_is_missing(language, words, least):
    """`make messages` finds new words; their translation is written into the catalogs."""
    known, wanted = dict(entries(language)), set(words())
    assert len(wanted) > least
    assert sorted(word for word in wanted if not known.get(word)) == []


@pytest.mark.parametrize("language", ["en", "zh_Hant"])
def test_no_translation_is_empty_or_guessed(language):
    text = (LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert [message for message, translated in entries(language) if not translated] == []
    if language == "en":
        assert [(m, t) for m, t in entries(language) if re.search(r"[\u4e00-\u9fff]", t)] == []


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
