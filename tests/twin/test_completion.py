"""Completion in real shells: every group's commands, their options, and the choices of an option."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lms_tui.cli.main import COMMANDS, main, parser


def script(shell: str, folder: Path) -> Path:
    """Return the file with what `lms-tui completion` prints for `shell`."""
    done = subprocess.run(
        [sys.executable, "-m", "lms_tui", "completion", shell], capture_output=True, text=True, check=True
    )
    path = folder / f"completion.{shell}"
    path.write_text(done.stdout)
    return path


def needs(shell: str) -> str:
    """Return where `shell` is; skip where it is not."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed on this machine")
    return found


def bash(path: Path, *words: str) -> set[str]:
    """Return what bash offers for the last of `words`."""
    line = " ".join(words)
    code = (
        f"source {path}; COMP_WORDS=({' '.join(map(repr, words))}); COMP_CWORD={len(words) - 1};"
        f" COMP_LINE='{line}'; COMP_POINT={len(line)}; _shtab_lms_tui; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run([needs("bash"), "--norc", "-c", code], capture_output=True, text=True, check=True)
    assert not done.stderr
    return {word.strip() for word in done.stdout.splitlines()} - {""}


def test_bash_completes_commands_of_every_group_options_choices_and_files(tmp_path: Path) -> None:
    path = script("bash", tmp_path)
    assert set(COMMANDS) <= bash(path, "lms-tui", "")
    assert bash(path, "lms-tui", "cour") == {"course", "courses"}
    assert bash(path, "lms-tui", "outbox", "") >= {"list", "send", "retry", "save", "discard"}
    assert bash(path, "lms-tui", "db", "re") == {"restore"}
    assert bash(path, "lms-tui", "courses", "--p") == {"--price"}
    assert bash(path, "lms-tui", "courses", "--price", "") >= {"free", "paid"}
    assert bash(path, "lms-tui", "--ki") == {"--kiosk"}
    assert bash(path, "lms-tui", "completion", "z") == {"zsh"}
    (tmp_path / "my course.gift").touch()
    done = bash(path, "lms-tui", "course", "import", f"{tmp_path}/completion")
    assert done == {f"{tmp_path}/completion.bash"}


def test_the_parser_of_completion_knows_each_command_in_full() -> None:
    (commands,) = (action for action in parser(COMMANDS)._actions if action.dest == "command")
    assert commands.choices is not None
    assert set(commands.choices) == set(COMMANDS)
    for name, one in dict(commands.choices).items():
        assert one.add_help, f"{name} is known by name alone"


def test_zsh_completes(tmp_path: Path) -> None:
    zsh = needs("zsh")
    path = script("zsh", tmp_path)
    code = f'autoload -U compinit; compinit -D; eval "$(<{path})"; print $_comps[lms-tui]'
    done = subprocess.run([zsh, "-f", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("_shtab_lms_tui\n", "")


def test_fish_completes(tmp_path: Path) -> None:
    fish = needs("fish")
    path = script("fish", tmp_path)
    for line, wanted in (("lms-tui outb", "outbox"), ("lms-tui outbox s", "send"), ("lms-tui courses --pr", "--price")):
        done = subprocess.run(
            [fish, "--no-config", "-c", f"source {path}; complete -C '{line}'"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert wanted in {offered.partition("\t")[0] for offered in done.stdout.splitlines()}


def test_a_shell_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["completion", "cmd"])
    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
