"""The mirror on a volume that cannot be renamed."""

from __future__ import annotations

from pathlib import Path

from aggregator.web.files import File, _pour, _put


def test_files_are_poured_into_a_folder_that_cannot_be_renamed_and_stale_ones_go(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    _put(folder, File(path="old/index.html", body=b"old"))
    _put(folder, File(path="kept.rss", body=b"before"))
    aside = folder / ".1234"
    _put(aside, File(path="kept.rss", body=b"after"))
    _put(aside, File(path="new/index.html", body=b"new"))
    _pour(aside, folder)
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {"kept.rss", "new/index.html"}
    assert (folder / "kept.rss").read_bytes() == b"after"
    assert not (folder / "old").exists()
