"""Which program or URL stands for an image: what users mapped, then what the file at the start says."""

from threading import Lock

from sqlalchemy import Connection, delete, select

from leeboard.hosting.mapping import ModelMap, ModelRoute
from leeboard.state.database import Database
from leeboard.state.inserting import insert_of
from leeboard.state.tables import model_routes


class Routes:
    """The routes of a server; those in the database are shared by all servers on it."""

    def __init__(self, database: Database, given: ModelMap) -> None:
        self._database = database
        self._given = given
        self._map = ModelMap(self.all())
        self._lock = Lock()

    def all(self) -> tuple[ModelRoute, ...]:
        """In the order in which they are tried."""
        with self._database.read() as connection:
            return (*_kept(connection), *self._given.routes)

    def find(self, image: str) -> ModelRoute | None:
        """The first route that matches, as of the last refresh: every invocation asks."""
        return self._map.find(image)

    def refresh(self) -> None:
        """Look what is mapped now; what was read earlier never replaces what was read later."""
        with self._lock:
            self._map = ModelMap(self.all())


def map_image(connection: Connection, route: ModelRoute) -> None:
    """Add a route; the same pattern again replaces what it had. It counts from the next refresh on."""
    values = {"url": route.url, "command": route.command}
    put = insert_of(connection, model_routes).values(image=route.image, **values)
    connection.execute(put.on_conflict_do_update(index_elements=["image"], set_=values))


def unmap_image(connection: Connection, image: str) -> bool:
    """Remove a route that was mapped; False if there is none of that pattern."""
    return connection.execute(delete(model_routes).where(model_routes.c.image == image)).rowcount > 0


def _kept(connection: Connection) -> list[ModelRoute]:
    query = select(model_routes.c.image, model_routes.c.url, model_routes.c.command)
    rows = connection.execute(query.order_by(model_routes.c.id))
    return [ModelRoute(image=row.image, url=row.url, command=row.command) for row in rows]
