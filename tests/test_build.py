"""Which build this is: another for each change of a source, the same for everything else."""

import os
from pathlib import Path

from lms_tui.build import build_id, fingerprint


def test_each_change_of_a_source_is_another_build_and_nothing_else_is(tmp_path: Path) -> None:
    source, inner = tmp_path / "one.py", tmp_path / "room" / "two.py"
    inner.parent.mkdir()
    source.write_text("a")
    inner.write_text("b")
    seen = [fingerprint(tmp_path)]

    (inner.parent / "__pycache__").mkdir()
    (inner.parent / "__pycache__" / "two.py").touch()
    (tmp_path / "read.md").touch()
    inner.read_text()
    assert fingerprint(tmp_path) == seen[0]

    inner.write_text("bb")
    seen.append(fingerprint(tmp_path))
    at = source.stat().st_mtime_ns
    os.utime(source, ns=(at, at + 1))  # the same size: only the time tells an edit
    seen.append(fingerprint(tmp_path))
    source.rename(tmp_path / "three.py")
    seen.append(fingerprint(tmp_path))
    inner.unlink()
    seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == len(seen)


def test_a_copy_elsewhere_with_the_same_files_is_the_same_build(tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / place / "room").mkdir(parents=True)
        for name in ("x.py", "room/y.py", "room/z.py"):
            (tmp_path / place / name).touch()
            os.utime(tmp_path / place / name, ns=(1, 1))
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_the_program_and_its_migrations_are_the_build(tmp_path: Path) -> None:
    import lms_tui
    from lms_tui.places import shipped

    package = Path(lms_tui.__file__).parent
    assert build_id() == fingerprint(package, shipped("migrations")) != fingerprint(package)
