"""What a picture's page said when it was taken can still be said: found without a browser, before the journeys look."""

import hashlib

import pytest
import yaml
from django.urls import resolve

from tests.journeys.pictures.shots import SHOTS
from tests.journeys.pictures.words import is_word, said
from tests.unit.docs.guides import PICTURES

TOLD = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(PICTURES.glob("*.yaml"))}


def test_every_shot_was_taken_and_every_picture_is_a_shot():
    assert set(TOLD) == {shot.name for shot in SHOTS}


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_is_that_of_its_note(shot):
    picture, told = (PICTURES / f"{shot.name}.png").read_bytes(), TOLD[shot.name]
    assert hashlib.sha256(picture).hexdigest()[:16] == told["picture"], (
        "the picture was changed without its note"
    )
    assert told["account"] == shot.account
    assert shot.follow or told["address"] == shot.start.partition("?")[0].replace("2026-10", "0-0")
    resolve(told["address"].replace("/0-0/", "/2026-10/"))


@pytest.mark.parametrize("name", sorted(TOLD))
def test_the_product_still_says_what_a_picture_shows(name):
    told = [*TOLD[name]["says"], *TOLD[name]["says_with_data"]]
    gone = [word for word in told if not is_word(word)]
    assert gone == [], f"{name}.png is stale: take it anew with python -m tests.journeys.pictures"


def test_a_page_says_headings_buttons_and_labels_but_no_data():
    page = """<nav><a href="/tasks/">我的待办 <b>12</b></a></nav><main><h1>首页</h1><h2>心血管内科</h2>
      <p>提出问题</p><button>提出问题</button><label>科室 <select><option>护理部</option></select></label>
      <th>张三丰</th><a href="/x/">查询</a><a class="button" href="/y/">重置</a>
      <div class="cards"><h2>逾期整改</h2></div><tr><tbody><td><button>评审</button></td></tbody></tr></main>"""
    assert said(page).always == {"我的待办", "首页", "提出问题", "科室", "重置"}
    assert said(page).passing == {"逾期整改", "评审"}
    assert said(page, whole=False).always == {"首页", "提出问题", "科室", "重置"}
