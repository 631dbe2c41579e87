"""Files are written completely or not at all."""

import json
import os

import pytest

from symicl.errors import InputError
from symicl.views import check_file, json_text, prepare_folder, read_json, replacing, write_json, write_text


def test_a_folder_is_made_with_its_parents(tmp_path):
    folder = prepare_folder(tmp_path / "a" / "b")
    assert folder.is_dir()
    assert not list(folder.iterdir())


def test_a_file_is_no_folder(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InputError, match="is a file"):
        prepare_folder(file)
    with pytest.raises(InputError, match="cannot be written to"):
        prepare_folder(file / "below")


def test_a_folder_that_cannot_be_made():
    with pytest.raises(InputError, match="cannot be written to"):
        prepare_folder("/proc/symicl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="cannot be written to"):
            prepare_folder(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_a_file_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        check_file(tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        check_file("/proc/x.tex")
    with pytest.raises(InputError, match="there is no folder"):
        check_file(tmp_path / "below" / "x.tex")
    with pytest.raises(InputError, match="cannot be written"):
        write_text("/proc/x.tex", "text")


@pytest.mark.parametrize("end", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, end):
    file = tmp_path / "x.txt"
    write_text(file, "old")
    with pytest.raises(end), replacing(file) as temporary:
        temporary.write_text("ne")
        raise end
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_the_new_file_takes_its_place(tmp_path):
    file = tmp_path / "x.png"
    file.touch()
    with replacing(file) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".png"
        temporary.write_bytes(b"new")
        assert file.read_bytes() == b""
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]


def test_json_is_strict_and_comes_back(tmp_path):
    file = tmp_path / "x.json"
    write_json(file, {"σ": [float("inf"), float("nan"), 0.1, (1, None)]})
    assert read_json(file) == {"σ": [None, None, 0.1, [1, None]]}
    assert "σ" in file.read_text(encoding="utf-8")
    assert json.loads(json_text({"σ": 1}, ascii_only=True)) == {"σ": 1}
    assert json_text({"σ": 1}, ascii_only=True).isascii()


def test_a_broken_document_counts_as_none(tmp_path):
    file = tmp_path / "x.json"
    assert read_json(file) is None
    for content in (b"{", b"\xff", b"[" * 100_000):
        file.write_bytes(content)
        assert read_json(file) is None
