"""Sealed blocks that are kept once."""

import io
import os

import pytest

from zhikong.site.backup import vault as vaults
from zhikong.site.backup.keys import WrongKey
from zhikong.site.backup.vault import BLOCK, Vault, VaultFailed

KEY = b"k" * 32
NAME = "20261122T023000"


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "backups-here", KEY)


def _kept(vault, content, name=NAME):
    blocks, added = vault.keep(io.BytesIO(content))
    vault.write_list(name, {"files": [{"name": "data/a", "blocks": blocks}]})
    return blocks, added


def test_content_comes_back_block_by_block(vault):
    content = os.urandom(BLOCK) + b"words " * 1000
    blocks, _ = _kept(vault, content)
    assert len(blocks) == 2
    assert b"".join(vault.content(blocks)) == content
    assert vault.names() == [NAME]


def test_the_same_content_is_kept_once(vault):
    _kept(vault, b"a" * 5000)
    _, added = _kept(vault, b"a" * 5000, "20261123T023000")
    assert added == 0


def test_nothing_of_the_content_or_its_names_can_be_read_on_the_disk(vault):
    _kept(vault, "王建国 110101199003074514".encode() * 50)
    everything = b"".join(p.read_bytes() for p in vault.folder.rglob("*") if p.is_file())
    assert "王建国".encode() not in everything
    assert b"110101199003074514" not in everything
    assert b"data/a" not in everything


def test_the_same_content_has_other_names_under_another_key(vault, tmp_path):
    blocks, _ = vault.keep(io.BytesIO(b"known content"))
    others, _ = Vault(tmp_path / "other", b"o" * 32).keep(io.BytesIO(b"known content"))
    assert blocks != others


def test_another_key_opens_nothing(vault):
    blocks, _ = _kept(vault, b"content")
    stranger = Vault(vault.folder, b"x" * 32)
    with pytest.raises(WrongKey):
        stranger.read_list(NAME)
    with pytest.raises(WrongKey):
        list(stranger.content(blocks))


def test_a_changed_block_is_noticed(vault):
    blocks, _ = _kept(vault, b"content" * 100)
    path = vault.folder / "blocks" / blocks[0][:2] / blocks[0]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(WrongKey, match="已被改动"):
        list(vault.content(blocks))


def test_blocks_that_change_places_are_noticed(vault):
    first, _ = vault.keep(io.BytesIO(b"first"))
    second, _ = vault.keep(io.BytesIO(b"second"))
    paths = [vault.folder / "blocks" / name[:2] / name for name in (first[0], second[0])]
    contents = [path.read_bytes() for path in paths]
    paths[0].write_bytes(contents[1])
    with pytest.raises(WrongKey):
        list(vault.content(first))


def test_a_missing_block_is_a_sentence(vault):
    blocks, _ = _kept(vault, b"content")
    (vault.folder / "blocks" / blocks[0][:2] / blocks[0]).unlink()
    with pytest.raises(VaultFailed, match="不完整"):
        list(vault.content(blocks))


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", "20261122T023001", ""])
def test_an_unknown_name_is_a_sentence(vault, name):
    _kept(vault, b"content")
    with pytest.raises(VaultFailed, match="没有名为"):
        vault.read_list(name)


def test_a_sweep_leaves_what_a_list_names(vault):
    stay, _ = _kept(vault, b"stays")
    gone, _ = _kept(vault, b"goes", "20261121T023000")
    vault.remove("20261121T023000")
    (vault.folder / "backups" / ".draft").write_bytes(b"killed while writing")
    with vault.alone():
        assert vault.sweep() > 0
    assert b"".join(vault.content(stay)) == b"stays"
    with pytest.raises(VaultFailed):
        list(vault.content(gone))
    assert [p.name for p in (vault.folder / "backups").iterdir()] == [NAME]


def test_two_writers_are_refused(vault):
    with vault.alone(), pytest.raises(VaultFailed, match="正在进行"), Vault(vault.folder, KEY).alone():
        pass


def test_a_full_disk_leaves_no_draft_and_the_earlier_backup(vault, monkeypatch):
    blocks, _ = _kept(vault, b"earlier")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(vaults.os, "fsync", full)
    with pytest.raises(VaultFailed, match=r"磁盘已满.*上一份备份仍然可用"):
        _kept(vault, b"later", "20261123T023000")
    assert not list(vault.folder.rglob(".*.*"))
    assert vault.names() == [NAME]
    assert b"".join(vault.content(blocks)) == b"earlier"


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(VaultFailed, match="不能写入"), Vault(tmp_path / "file" / "backups", KEY).alone():
        pass
