"""Each page once, as a browser sees it: the one quick test of this folder."""

from collections.abc import Callable

from addresses import addresses, roster
from browsing import Tab
from hostile_home import House


def test_each_page_opens_without_a_complaint(house: House, enter: Callable[..., Tab]) -> None:
    tab, places = enter(), addresses(house)
    assert set(places) == roster()
    for path, address in places.items():
        answer = tab.go(address)
        assert answer.status == 200, path
        assert tab.said == [], path
