"""Where the files that ship with the program are, in a checkout and in a wheel alike.

`migrations/` and `themes/` stand at the top of the project and are copied into the package when a wheel is
built, so an editable install finds them beside `src/` and every other install inside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Return the folder `name` ("migrations", "themes") that ships with the program.

    Raises FileNotFoundError, naming both places that were looked at, when the installation is broken.
    """
    candidates = (_PACKAGE / name, _PACKAGE.parent.parent / name)
    for place in candidates:
        if place.is_dir():
            return place
    looked = " and ".join(str(place) for place in candidates)
    raise FileNotFoundError(f"the installation lacks the folder {name!r}; looked at {looked}")
