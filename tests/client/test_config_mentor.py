"""The AI provider of a service: where its settings come from, what is refused, and where the key may be."""

import time
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from lms_tui.client import ring
from lms_tui.config import Config, ConfigError, resolve
from lms_tui.config_mentor import check_base, is_private
from lms_tui.local.errors import LocalError
from lms_tui.local.host import _mentor
from lms_tui.local.mentor import mentor_of, ring_user
from lms_tui.mentor.settings import ProviderSettings
from lms_tui.service.settings import Mentor

BASE = "https://api.example.org/v1"
MENTOR = f'[mentor]\nbase = "{BASE}/"\nmodel = "m-1"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    return path


def given(file: Path, **environment: str) -> Config:
    return resolve({}, {"LMS_TUI_CONFIG": str(file), **environment})


def test_a_provider_is_put_together_from_file_and_environment(file: Path) -> None:
    assert mentor_of(given(file)) is None
    file.write_text(
        MENTOR + "tokens_per_day = 0\n[mentor.extra]\nreasoning_effort = 'low'\nchat = { thinking = false }\n"
    )
    config = given(file, LMS_TUI_MENTOR_KEY=" sk-s3cret\n", LMS_TUI_MENTOR_STREAMS="7", LMS_TUI_MENTOR_MODEL="m-2")
    extra = {"reasoning_effort": "low", "chat": {"thinking": False}}
    assert mentor_of(config) == Mentor(
        ProviderSettings(BASE, "m-2", "sk-s3cret", extra=extra), tokens_per_day=0, streams=7
    )
    assert config.sources["mentor.model"] == "the environment"
    assert config.sources["mentor.base"] == str(file)
    assert "s3cret" not in f"{config!r}{mentor_of(config)!r}"


def test_what_is_not_given_is_as_documented(file: Path) -> None:
    config = given(file, LMS_TUI_MENTOR_BASE="http://localhost:11434/v1", LMS_TUI_MENTOR_MODEL="llama3.2")
    assert mentor_of(config) == Mentor(
        ProviderSettings(
            "http://localhost:11434/v1", "llama3.2", None, connect_seconds=5, read_seconds=60, answer_tokens=8_000,
            private=True,
        ),
        tokens_per_day=200_000, streams=100, history_tokens=20_000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mentor]\nbase = 'https://x.org'", "missing required field `model`"),
        (MENTOR + "modle = 'x'", "unknown field `modle`"),
        (MENTOR + "key = 'sk-x'", "a key does not stand here"),
        (MENTOR + "key_file = '/x'\nkey_keyring = true", "several keys"),
        (MENTOR + "streams = 0", "mentor.streams is 0: give one from 1 to"),
        (MENTOR + "tokens_per_day = -1", "from 0 to"),
        (MENTOR + "read_seconds = 0.5", "from 1 to 3600"),
        (MENTOR + "ca = '/nowhere'", "which is not a file"),
        (MENTOR + "extra = { messages = [] }", "mentor.extra.messages is given by the program"),
        (MENTOR + "extra = { since = 2026-11-29 }", "a value that JSON has not"),
        (MENTOR.replace("m-1", " "), "mentor.model is empty"),
        (MENTOR.replace("https:", "http:"), "could be read on the way, the key and what learners say"),
        (MENTOR.replace("https://", "https://me:sk-s3cret@"), "holds no user, no key"),
        (MENTOR.replace("/v1/", "/v1?key=sk-s3cret"), "holds no user, no key"),
        (MENTOR.replace("/v1/", "/v1/chat/completions"), "ends before /chat/completions"),
        (MENTOR.replace("https://", "ftp://"), "an address like https://api.openai.com/v1"),
        (MENTOR.replace(".org", ".org:x"), "is no address"),
    ],
)
def test_a_provider_that_cannot_be_one_is_refused(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match=says) as refused:
        given(file)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("key", ["two words", "schlüssel", "a\x07b", " "])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(file: Path, key: str, tmp_path: Path) -> None:
    file.write_text(MENTOR)
    with pytest.raises(ConfigError, match="LMS_TUI_MENTOR_KEY is no key") as refused:
        given(file, LMS_TUI_MENTOR_KEY=key)
    assert key.strip() == "" or key not in str(refused.value)


def test_http_goes_to_this_machine_or_into_a_network_of_ones_own() -> None:
    own = (
        "localhost",
        "127.0.0.1",
        "[::1]",
        "192.168.1.9:8080",
        "10.0.0.1",
        "100.100.1.1",
        "[fd00::1]",
        "ollama:11434",
    )
    for host in (*own, "gpu.local", "vllm.prod.internal"):
        assert check_base(f"http://{host}/v1/") == f"http://{host}/v1"
    for host in ("8.8.8.8", "api.example.org", "[2606:4700::1]", "evil.local.example.org", "101.64.0.1"):
        with pytest.raises(ValueError, match="use https://"):
            check_base(f"http://{host}/v1")
        assert check_base(f"https://{host}/v1") == f"https://{host}/v1"
    assert not is_private("api.openai.com")


def test_the_key_stands_in_a_file_that_its_owner_alone_reads(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    file.write_text(MENTOR + f'key_file = "{secret}"\n')
    with pytest.raises(LocalError, match=r"The key of the AI provider, .* cannot be read"):
        mentor_of(given(file))
    secret.write_text("sk-s3cret \n")
    secret.chmod(0o640)
    with pytest.raises(LocalError, match="chmod 600"):
        mentor_of(given(file))
    secret.chmod(0o600)
    mentor = mentor_of(given(file))
    assert mentor is not None
    assert mentor.provider.key == "sk-s3cret"
    with pytest.raises(ConfigError, match="several keys"):
        given(file, LMS_TUI_MENTOR_KEY="sk-other")
    secret.write_text("sk s3cret")
    with pytest.raises(LocalError, match="The key of the AI provider is no key"):
        mentor_of(given(file))


class Kept(KeyringBackend):
    """A keyring in memory, which may take its time."""

    priority = 1
    sleeps = 0.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(self.sleeps)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_the_key_is_found_in_the_keyring_and_a_locked_one_keeps_nobody_from_learning(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, own = keyring.get_keyring(), Kept()
    keyring.set_keyring(own)
    try:
        file.write_text(MENTOR + "key_keyring = true\n")
        with pytest.raises(LocalError, match="holds no key of the AI provider https://api"):
            mentor_of(given(file))
        ring.write_and_read(own, ring_user(BASE), "sk-s3cret")
        mentor = mentor_of(given(file))
        assert mentor is not None
        assert mentor.provider.key == "sk-s3cret"
        own.sleeps = 1.0
        monkeypatch.setattr(ring.on_ring, "__defaults__", (0.05,))
        said: list[tuple[str, str]] = []
        assert _mentor(given(file), lambda *words: said.append(words)) is None
        ((_, sentence),) = said
        assert sentence.startswith("The keyring with the key of the AI provider cannot be read. Unlock it")
        assert sentence.endswith("Until then there is no mentor.")
    finally:
        keyring.set_keyring(before)
