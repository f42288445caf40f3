"""Who may open which page, see which rows and which fields: collected from the apps, default deny.

An app that stands under the matrix lists its pages in ``matrix.py`` or ``matrix_<part>.py``: PAGES maps the name of an
address to a Page, FIELDS a column that is narrower than its row to the permissions that open it. A page without an
entry fails the test of the matrix; ``docs/build.py`` prints the matrix.
"""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from zhikong.foundation.access import policies
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.protection import declared, protected_models
from zhikong.foundation.access.roles import ROLES

UNDER_THE_MATRIX = ("incidents", "complaints", "accountability", "event_quotas")
"""Apps whose pages, rows and fields are all listed."""
PAGES_ALONE = (
    "plans",
    "meetings",
    "campaigns",
    "accreditation",
    "policies",
    "adopting",
    "years",
    "help",
    "starting",
    "organisation",
    "access",
)
"""Apps whose pages are listed; their rows are read by the whole institution, for they tell of no case, and of people no
more than a list of staff does."""
ROW_WORDS = {
    "institution": "本机构",
    "department": "本机构，科室在范围内",
    "participants": "列名的人；有所列角色者在其范围内",
    "parent": "随所属记录",
    "own": "本人",
    "institution_itself": "本机构",
    "account": "本机构；登录时按用户名",
    "open": "不限",
}


@dataclass(frozen=True)
class Page:
    """Any one of the permissions opens it; none: everybody who is signed in, as far as the rows let them.

    nobody_without_login: False for pages that are open without signing in.
    """

    permissions: tuple[Permission, ...] = ()
    note: str = ""
    nobody_without_login: bool = True

    def opens_to(self, role: str) -> bool:
        return not self.permissions or bool(set(self.permissions) & ROLES[role].permissions)


def needs(*permissions: Permission) -> tuple[Permission, ...]:
    """The permissions of which one is needed."""
    return permissions


def pages(label: str) -> dict[str, Page]:
    """Every page that an app lists."""
    return _gathered(label, "PAGES")


def fields(label: str) -> dict[tuple[str, str], tuple[Permission, ...]]:
    """Columns narrower than their row: (model's label, column) → permissions."""
    return _gathered(label, "FIELDS")


def _gathered(label: str, what: str) -> dict:
    package = import_module(apps.get_app_config(label).name)
    found: dict = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name == "matrix" or module.name.startswith("matrix_"):
            found |= getattr(import_module(f"{package.__name__}.{module.name}"), what, {})
    return found


def addresses(label: str) -> dict[str, URLPattern]:
    """The names of all addresses whose views an app holds, wherever they are mounted."""
    package = apps.get_app_config(label).name
    return {
        name: pattern
        for name, pattern in _walk(get_resolver(), "")
        if _module_of(pattern.callback).startswith(f"{package}.")
    }


def _module_of(view) -> str:
    return getattr(getattr(view, "view_class", view), "__module__", "")


def _walk(resolver: URLResolver, inside: str) -> Iterator[tuple[str, URLPattern]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            space = f"{inside}{part.namespace}:" if part.namespace else inside
            yield from _walk(part, space)
        else:
            yield f"{inside}{part.name or part.pattern}", part


def rows(label: str) -> list[tuple[str, str, str]]:
    """(table in words, whose rows, the condition in SQL) of each of an app's tables."""
    found = [m for m in protected_models() if m._meta.app_label == label]
    return [
        (m._meta.label, declared(m).rows, policies.conditions(declared(m), m._meta.db_table)[0])
        for m in found
    ]


def as_markdown() -> str:
    """The whole matrix, for the manual."""
    parts = ["# 权限矩阵", "", "由网址、角色和数据表的声明生成；没有列出的页面一律拒绝（测试会失败）。"]
    for label in (*UNDER_THE_MATRIX, *PAGES_ALONE):
        parts += [
            "",
            f"## {apps.get_app_config(label).verbose_name}",
            "",
            *_page_table(label),
            "",
            *_row_table(label),
        ]
        parts += ["", *_field_table(label)] if fields(label) else []
    return "\n".join(parts) + "\n"


def _page_table(label: str) -> list[str]:
    lines = ["| 页面 | 谁可以打开 | 说明 |", "|---|---|---|"]
    return lines + [
        f"| `{name}` | {_who(page)} | {page.note} |" for name, page in sorted(pages(label).items())
    ]


def _who(page: Page) -> str:
    if not page.nobody_without_login:
        return "任何人，不需登录"
    if not page.permissions:
        return "登录的人"
    return "、".join(str(role.title) for code, role in ROLES.items() if page.opens_to(code)) or "无"


def _row_table(label: str) -> list[str]:
    lines = ["| 数据表 | 看得到哪些行 |", "|---|---|"]
    return lines + [f"| `{name}` | {ROW_WORDS.get(kind, kind)} |" for name, kind, _sql in rows(label)]


def _field_table(label: str) -> list[str]:
    lines = ["| 比行更窄的字段 | 谁可以看 |", "|---|---|"]
    return lines + [
        f"| `{model}.{column}` | {_who(Page(permissions))} |"
        for (model, column), permissions in sorted(fields(label).items())
    ]
