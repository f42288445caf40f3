"""What the packs' README shows can be copied: its definition and its example are in order."""

import re
from datetime import date
from pathlib import Path

import yaml

from zhikong.engine.definitions import load_catalogue
from zhikong.engine.inspection import inspect
from zhikong.engine.record_rules import rule_of_text
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.events import load_events
from zhikong.site import discovery


def test_the_sample_of_the_readme_is_in_order(tmp_path):
    text = (discovery.PACKAGE / "packs" / "README.md").read_text("utf-8")
    definition, example, rule, item, of_item = re.findall(r"```yaml\n(.*?)```", text, re.S)
    folder = tmp_path / "mine" / "indicators"
    folder.mkdir(parents=True)
    (tmp_path / "mine" / "pack.yaml").write_text('id: mine\nversion: "1"\nname: {zh: 本院}\n', "utf-8")
    (folder / "stays_over_thirty_days.yaml").write_text(definition, "utf-8")
    (folder / "stays_over_thirty_days.examples.yaml").write_text(example, "utf-8")
    catalogue = load_catalogue([tmp_path / "mine"])
    assert list(catalogue.indicators) == ["stays_over_thirty_days"]
    assert inspect(catalogue, today=date(2026, 11, 22)) == []
    events, _ = load_events([discovery.PACKAGE / "packs" / "national"], {})
    read = rule_of_text(rule, file=Path("own-operation-record-24h.yaml"), codes={}, events=events)
    assert isinstance(read, ClockRule), read
    checklists = discovery.PACKAGE / "packs" / "national" / "checklists"
    sheet = yaml.safe_load((checklists / "drug_storage_check.yaml").read_text("utf-8"))
    shown = yaml.safe_load(item)[0]
    packaged = [one for section in sheet["sections"] for one in section["items"] if one["id"] == shown["id"]]
    assert packaged == [shown]
    filled = yaml.safe_load((checklists / "drug_storage_check.examples.yaml").read_text("utf-8"))
    told = yaml.safe_load(of_item)[0]
    assert [
        one for one in filled if one.get("answers") == told["answers"] and one["expect"] == told["expect"]
    ]
