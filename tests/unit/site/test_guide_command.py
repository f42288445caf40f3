"""`zhikong guide` writes the manual, with or without a hospital."""

import argparse

from zhikong.site.commands import guide


def test_the_manual_is_written_where_it_is_wanted(tmp_path, capsys):
    guide.run(argparse.Namespace(out=tmp_path / "new"))
    written = tmp_path / "new" / guide.FILE
    assert written.read_bytes().startswith(b"%PDF")
    assert str(written) in capsys.readouterr().out
