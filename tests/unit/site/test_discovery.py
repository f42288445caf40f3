"""A new function is a new folder."""

from zhikong.site import discovery


def test_every_folder_with_an_apps_file_is_found_and_nothing_else():
    found = discovery.apps()
    assert "zhikong.foundation.access" in found
    assert "zhikong.hospital.functions.indicators" in found
    assert "zhikong.hospital.overviews.home" in found
    assert len(set(found)) == len(found)
    assert not any(part in name for name in found for part in (".web", ".site", ".engine"))


def test_a_new_folder_is_found(tmp_path, monkeypatch):
    package = tmp_path / "zhikong"
    for name in ("foundation/access", "hospital/functions/rounds", "hospital/functions/unfinished"):
        (package / name).mkdir(parents=True)
    (package / "foundation/access/apps.py").touch()
    (package / "hospital/functions/rounds/apps.py").touch()
    (package / "hospital/functions/rounds/urls.py").touch()
    monkeypatch.setattr(discovery, "PACKAGE", package)
    discovery.apps.cache_clear()
    try:
        assert discovery.apps() == ("zhikong.foundation.access", "zhikong.hospital.functions.rounds")
        assert discovery.having("urls") == ("zhikong.hospital.functions.rounds",)
    finally:
        monkeypatch.undo()
        discovery.apps.cache_clear()
