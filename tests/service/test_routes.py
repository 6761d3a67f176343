"""Routes that several threads read anew at the same moment."""

from threading import Event

from leeboard.hosting.mapping import ModelMap, ModelRoute
from leeboard.service.routes import Routes, map_image
from overlapping import overlap


class Slow(Routes):
    """Its first refresh has read the map and does not go on until it is told to."""

    def __init__(self, *given) -> None:
        super().__init__(*given)
        self.has_read, self.may_go_on = Event(), Event()

    def all(self) -> tuple[ModelRoute, ...]:
        read = super().all()
        if hasattr(self, "has_read") and not self.has_read.is_set():
            self.has_read.set()
            self.may_go_on.wait(120)
        return read


def test_what_was_read_before_an_image_was_mapped_does_not_undo_it(database):
    routes = Slow(database, ModelMap(()))

    def map_and_refresh() -> None:
        with database.write() as connection:
            map_image(connection, ModelRoute("churn", url="http://127.0.0.1:1"))
        routes.refresh()

    overlap(routes.refresh, map_and_refresh, is_there=routes.has_read, may_go_on=routes.may_go_on)
    assert routes.find("churn") is not None


def test_what_another_server_maps_counts_once_it_is_refreshed(database):
    here, there = Routes(database, ModelMap(())), Routes(database, ModelMap(()))
    with database.write() as connection:
        map_image(connection, ModelRoute("churn", url="http://127.0.0.1:1"))
    here.refresh()
    assert here.find("churn") is not None
    assert there.find("churn") is None
    there.refresh()
    assert there.find("churn") is not None
