"""A course of one long quiz with questions of all kinds, and the one answer that the script gives to each of them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from pathlib import Path

TITLE = "A quiz to be killed in"


class Kind(StrEnum):
    """The kinds of question."""

    ONE = "choose one"
    ALL = "choose all"
    STATEMENTS = "statements"
    TRUE = "true or false"
    BLANK = "blank"
    SCALE = "scale"
    TEXT = "text"


@dataclass(frozen=True)
class Asked:
    """A question of the quiz; `number` counts from 1."""

    number: int
    kind: Kind

    @property
    def is_typed(self) -> bool:
        """Whether it is answered by typing."""
        return self.kind in {Kind.BLANK, Kind.TEXT}

    @property
    def typed(self) -> str:
        """What is typed."""
        return f"@{self.number:02}-was-typed"

    @property
    def stored(self) -> list[tuple[str | None, str | None]]:
        """The rows of the answer, sorted: the text of the answer, and the text of the option."""
        option, two = f"second-{self.number:02}", f"third-{self.number:02}"
        match self.kind:
            case Kind.ONE | Kind.SCALE:
                return [(None, option)]
            case Kind.ALL:
                return [(None, option), (None, two)]
            case Kind.STATEMENTS:
                return [("true", f"first-{self.number:02}"), ("true", option), ("true", two)]
            case Kind.TRUE:
                return [(None, "true")]
            case _:
                return [(self.typed, None)]

    @property
    def gift(self) -> str:
        """The question in GIFT."""
        one, two, three = (f"{nth}-{self.number:02}" for nth in ("first", "second", "third"))
        options = {
            Kind.ONE: f"{{~{one} ={two} ~{three}}}",
            Kind.ALL: f"{{~%-100%{one} ~%50%{two} ~%50%{three}}}",
            Kind.STATEMENTS: f"{{={one} ={two} ~{three}}}",
            Kind.TRUE: "{T}",
            Kind.BLANK: f"{{={self.typed}}}",
            Kind.SCALE: f"{{~{one} ~{two} ~{three}}}",
            Kind.TEXT: "{}",
        }
        tag = {Kind.STATEMENTS: "// [tag:true-false]\n", Kind.SCALE: "// [tag:scale]\n"}.get(self.kind, "")
        return f"{tag}::q{self.number}::Number {self.number:02} asks this. {options[self.kind]}\n"

    def is_drawn(self, screen: str) -> bool:
        """Tell whether the question is on the screen to its end."""
        end = {Kind.BLANK: "", Kind.TEXT: "", Kind.TRUE: "(?i:false)"}.get(self.kind, f"third-{self.number:02}")
        return re.search(rf"Number {self.number:02}(?s:.*){end}", screen) is not None

    def missing(self, screen: str) -> list[str]:
        """Return the keys that make of what the screen shows the whole answer; none when it stands there."""
        if self.is_typed:
            shown = next((size for size in range(len(self.typed), 0, -1) if self.typed[:size] in screen), 0)
            return [] if shown == len(self.typed) else ["end", self.typed[shown:]]
        names = {
            Kind.ALL: [f"second-{self.number:02}", f"third-{self.number:02}"],
            Kind.STATEMENTS: [f"{nth}-{self.number:02}" for nth in ("first", "second", "third")],
            Kind.TRUE: ["(?i:true)"],
        }.get(self.kind, [f"second-{self.number:02}"])
        found = [re.search(rf"(?:(\d) )?(\(.\)|\[.\]|\[.....\]) (?:(\d) )?{name}", screen) for name in names]
        assert all(found), f"not all of {names} are on the screen:\n{screen}"
        chosen = ("(•)", "[x]", "[true ]")
        return [at[1] or at[3] for at in found if at is not None and at[2] not in chosen]


def write_course(folder: Path, questions: int) -> list[Asked]:
    """Write the course folder, and return its questions."""
    asked = [Asked(number, kind) for number, kind in zip(range(1, questions + 1), cycle(Kind), strict=False)]
    (folder / "one").mkdir(parents=True)
    (folder / "course.toml").write_text(
        f'title = "{TITLE}"\ndescription = "Kills."\ncategory = "Tests"\npublished = true\n'
        '[[chapters]]\nfolder = "one"\ntitle = "One"\ndescription = "One."\nlessons = ["quiz.gift"]\n'
    )
    (folder / "one" / "quiz.gift").write_text("\n".join(question.gift for question in asked))
    return asked
