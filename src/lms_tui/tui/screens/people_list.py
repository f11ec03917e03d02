"""A list of people that comes page by page, by key."""

from textual import work

from lms_tui.client.errors import ClientError
from lms_tui.tui.paging import Paging
from lms_tui.tui.people_rows import row_of
from lms_tui.tui.screens.base import FramedScreen
from lms_tui.tui.widgets.virtual_list import Row, VirtualList
from lms_tui.wire.people import LIST, ListRequest, PersonLine


class PeopleListScreen(FramedScreen[None]):
    """Brings the rows of `_paging` that `_list` is about to show; the screen makes both, and shows where one is."""

    _list: VirtualList
    _paging: Paging[ListRequest, PersonLine]
    _asking = False

    @property
    def _person(self) -> PersonLine | None:
        """Who is under the cursor."""
        return self._paging.item(self._list.cursor)

    def _show_here(self) -> None:
        """Show the position, and what goes with it."""
        raise NotImplementedError

    def on_virtual_list_rows_needed(self, event: VirtualList.RowsNeeded) -> None:
        """Bring the rows that the list is about to show."""
        if not self._asking:
            self._bring(self._paging, event.first, event.last)

    @work(group="people-pages")
    async def _bring(self, paging: Paging[ListRequest, PersonLine], first: int, last: int) -> None:
        ask = paging.wanted(first, last)
        if ask is None:
            return
        self._asking = True
        try:
            page = await self.desk.call(LIST, ask)
        except ClientError as error:
            self.tell(f"{error.sentence} Move to try again.", "warning")
            return
        finally:
            self._asking = False
        paging.take(ask, page.people, page.next, page.previous)
        if paging is self._paging:
            self._lengthen()
            self._show_here()

    def _lengthen(self) -> None:
        """Have the list be as long as the pages say, and show the rows that have come."""
        if self._paging.count != self._list.count:
            self._list.set_source(self._paging.count, self._row, cursor=self._list.cursor)
        else:
            self._list.rows_arrived()

    def _row(self, index: int) -> Row | None:
        one = self._paging.item(index)
        return None if one is None else row_of(one)
