"""One table of the configuration file is changed by the program, and nothing else of it."""

import os
from pathlib import Path

import pytest

from lms_tui.local.config_file import changed, set_in_table
from lms_tui.local.errors import LocalError

GIVEN = {"base": "https://n/v1", "model": "new", "key_file": "/k", "key_keyring": None}
NEW = 'base = "https://n/v1"\nmodel = "new"\nkey_file = "/k"\n'

_MIDDLE = """x = 1
[mentor] # m
# why
base   = {}
model = 'new'
streams = 1_0
{}

[mentor.extra]
r = 'low' # e

[open]
video = "mpv"
"""
FILES = {
    "nothing": ("", f"[mentor]\n{NEW}"),
    "no end of the last line": ('theme = "x" # c', f'theme = "x" # c\n[mentor]\n{NEW}'),
    "comments at the end": (
        '# top\ntheme="x"\n\n[keys]\n"a.b"  =  "E"\t# mine\n\n# end\n',
        f'# top\ntheme="x"\n\n[keys]\n"a.b"  =  "E"\t# mine\n\n# end\n\n[mentor]\n{NEW}',
    ),
    "in the middle, with what is not asked about": (
        _MIDDLE.format("'http://a'  # old", "key_keyring = true # k"),
        _MIDDLE.format('"https://n/v1"  # old', 'key_file = "/k"'),
    ),
    "in pieces": (
        '[mentor]\nbase = "a"\n[keys]\nx = "y"\n[mentor.extra]\nr = 1\n',
        f'[mentor]\n{NEW}[keys]\nx = "y"\n[mentor.extra]\nr = 1\n',
    ),
    "line ends of another system": (
        'a = 1\r\n[mentor]\r\nbase = "a"\r\nmodel = "b"\r\n[keys]\r\nx = "y"\r\n',
        'a = 1\r\n[mentor]\r\nbase = "https://n/v1"\r\nmodel = "new"\r\nkey_file = "/k"\n[keys]\r\nx = "y"\r\n',
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_asked_about_stays_to_the_byte(name: str, tmp_path: Path) -> None:
    before, after = FILES[name]
    path = tmp_path / "config.toml"
    path.write_bytes(before.encode())
    path.chmod(0o640)
    set_in_table(path, "mentor", GIVEN)
    assert path.read_bytes().decode() == after
    assert path.stat().st_mode & 0o777 == 0o640
    seen = path.stat().st_ino
    set_in_table(path, "mentor", GIVEN)
    assert (path.read_bytes().decode(), path.stat().st_ino) == (after, seen), "the same again writes nothing"
    assert os.listdir(tmp_path) == ["config.toml"]  # noqa: PTH208 - hidden ones too


def test_a_file_is_made_and_a_link_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    set_in_table(path, "mentor", GIVEN)
    assert path.read_text() == f"[mentor]\n{NEW}"
    assert path.stat().st_mode & 0o777 == 0o600
    link = tmp_path / "linked.toml"
    link.symlink_to(path)
    set_in_table(link, "mentor", {"model": "other"})
    assert link.is_symlink()
    assert 'model = "other"' in path.read_text()


def test_a_file_that_cannot_be_written_stays_whole(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be written"):
        set_in_table(Path("/proc/none/config.toml"), "mentor", GIVEN)
    with pytest.raises(LocalError, match="Change it by hand"):
        changed("mentor = 'x'\n", "mentor", GIVEN)
