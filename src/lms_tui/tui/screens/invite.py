"""Inviting one person: their address, their names and groups if they are known, and the role that they come in."""

from collections.abc import Iterator
from uuid import uuid4, uuid5

from lms_tui.tui.commands import Command
from lms_tui.tui.people_words import MAY, ROLES
from lms_tui.tui.screens.form import ENTER, LEAVE, FormScreen
from lms_tui.tui.screens.join_groups import LONGEST, names_of
from lms_tui.tui.widgets.field import Field
from lms_tui.tui.widgets.panel import Paragraph
from lms_tui.wire.joining import LONGEST_ADDRESS
from lms_tui.wire.people import Role
from lms_tui.wire.people_acts import INVITE, Invited, InviteRequest

_ROLE = Command("invite.role", "f5", "role", "role", "Invite them as learner, author or administrator.")
_MANY = "Many at once, from a table: lms-tui user invite --csv FILE"


class InviteScreen(FormScreen[Invited | None]):
    """Asks whom to invite; its result is who was, None when left."""

    SCREEN_COMMANDS = (ENTER, _ROLE, LEAVE)
    HINT = "Enter invites them. Only the address is needed."

    def __init__(self) -> None:
        """Make the form."""
        self._role, self._own = Role.STUDENT, uuid4()
        super().__init__("Administration", "People", "Invite")

    def head(self) -> list[Paragraph]:
        """Return in which role they come."""
        return [
            (f"Invite somebody as {ROLES[self._role]}", "strong"),
            (f"{MAY[self._role]} f5 takes another role.", "text"),
            (_MANY, "muted"),
        ]

    def fields(self) -> Iterator[Field]:
        """Yield the fields; the address alone has to be filled."""
        yield Field("email", "E-mail address", longest=LONGEST_ADDRESS)
        yield Field("first_name", "First name", optional=True)
        yield Field("last_name", "Last name", optional=True)
        yield Field("groups", "Groups", "Names, with commas between them.", longest=LONGEST, optional=True)

    def action_role(self) -> None:
        """Take the next role."""
        roles = list(Role)
        self._role = roles[(roles.index(self._role) + 1) % len(roles)]
        self._head.show(*self.head())

    async def give(self) -> None:
        """Invite them; sent again after a lost answer it is the same invitation."""
        names = {name: self.value(name) for name in ("email", "first_name", "last_name")}
        groups = self.value("groups")
        own = uuid5(self._own, "\n".join([*names.values(), groups, self._role]))
        ask = InviteRequest(id=own, **names, role=self._role, groups=names_of(groups))
        self.dismiss(await self.desk.call(INVITE, ask))
