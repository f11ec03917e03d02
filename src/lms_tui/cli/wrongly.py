"""The error of a command that was asked for something that is not there, or not in a way that means one thing."""


class WronglyAskedError(Exception):
    """A sentence, and lines under it to choose from; the command ends with code 2 and has done nothing."""

    def __init__(self, sentence: str, *lines: str) -> None:
        super().__init__(sentence)
        self.lines = lines
