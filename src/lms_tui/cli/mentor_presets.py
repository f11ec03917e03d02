"""The AI providers that `lms-tui mentor setup` knows by name: where they are, and whether they want a key."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Preset:
    """A provider, or a server for models of one's own."""

    title: str
    base: str
    """'': there is none to propose."""
    key: bool
    """Whether it wants one, or may."""
    hint: str
    """What has to be there before."""


PRESETS: Final = {
    "openai": Preset("OpenAI", "https://api.openai.com/v1", True, "A key is made at platform.openai.com/api-keys."),
    "ollama": Preset(
        "Ollama", "http://127.0.0.1:11434/v1", False, "It runs (ollama serve) and has a model (ollama pull NAME)."
    ),
    "llamacpp": Preset(
        "llama.cpp", "http://127.0.0.1:8080/v1", True, "It runs: llama-server -m MODEL.gguf --jinja -c 32768"
    ),
    "vllm": Preset("vLLM", "http://127.0.0.1:8000/v1", True, "It runs: vllm serve MODEL"),
    "lmstudio": Preset("LM Studio", "http://127.0.0.1:1234/v1", False, "Its local server is started."),
    "openrouter": Preset("OpenRouter", "https://openrouter.ai/api/v1", True, "A key is made at openrouter.ai/keys."),
    "mistral": Preset("Mistral", "https://api.mistral.ai/v1", True, "A key is made at console.mistral.ai."),
    "other": Preset("another server of chat.completions", "", True, "Its address ends before /chat/completions."),
}
