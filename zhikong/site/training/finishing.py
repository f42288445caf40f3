"""What turns the demo hospital in the training folder into one to practise in: a new name, passwords that nobody knows."""

from __future__ import annotations

import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.site import frame, home
from zhikong.site.training import places
from zhikong.site.training.making import COPIED, TrainingRefused

NAME = "演练医院（仿真数据）"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
GROUPS, GROUP = 3, 4


def finish(*, real: dict[str, Any], today: date) -> str:
    """One practice password for all practice accounts; marks the folder. real: options of the real site."""
    if not home.is_demo():
        raise TrainingRefused("这不是刚装好的演练数据，没有改动。")
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    with frame.database():
        frame.setup_django()
        with frame.in_scope("training"):
            _rename(today)
            _set_passwords(password)
    copied = {name: real[name] for name in COPIED if name in real}
    home.set_options(demo=False, demo_loaded=None, **{places.MARK: True}, **copied)
    return password


def real_options() -> dict[str, Any]:
    """The real site's options, from the folder beside this one."""
    folder = home.folder()
    beside = folder.with_name(folder.name.removesuffix(places.SUFFIX))
    path = Path(beside) / "site.json"
    if beside == folder or not path.exists():
        raise TrainingRefused("找不到正式医院的数据目录。请用 zhikong training make 建立演练医院。")
    return json.loads(path.read_text(encoding="utf-8"))


def _rename(today: date) -> None:
    from zhikong.foundation.organisation.actions.departments import change_institution

    change_institution(by=None, on=today, name=NAME)


def _set_passwords(password: str) -> None:
    """The published passwords of the demo open nothing here."""
    from django.contrib.auth.hashers import make_password

    from zhikong.foundation.access.models import User

    User.objects.update(password=make_password(password), must_change_password=False)
