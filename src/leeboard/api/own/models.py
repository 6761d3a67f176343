"""The model map: which URL or program stands for an image."""

from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.hosting.failures import redacted
from leeboard.hosting.mapping import ModelRoute
from leeboard.service import routes
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError

MOST_CHARACTERS = {"image": 512, "url": 4096, "command": 4096}


def list_routes(asked: Asked) -> Any:
    """In the order in which they are tried; the first that matches counts."""
    return {"models": [_told(route) for route in asked.service.routes.all()]}


def map_image(asked: Asked) -> Any:
    """Add a route, or replace the one of the same pattern."""
    given = {name: asked.body[name] for name in MOST_CHARACTERS if asked.body.get(name) is not None}
    if "image" not in given or not all(_fits(*each) for each in given.items()):
        limits = ", ".join(f"{name} {most}" for name, most in MOST_CHARACTERS.items())
        raise InvalidRequestError(
            f'give "image", a pattern, and "url" or "command", as texts; the most characters are: {limits}'
        )
    route = ModelRoute(**given)
    with asked.service.database.write() as connection:
        routes.map_image(connection, route)
    asked.service.routes.refresh()
    return _told(route)


def unmap_image(asked: Asked) -> Any:
    """Remove a route that was mapped by hand."""
    image = asked.query.get("image", "")
    with asked.service.database.write() as connection:
        if not routes.unmap_image(connection, image):
            mapped = ", ".join(route.image for route in asked.service.routes.all()) or "none"
            raise ResourceNotFoundError(f"no route for {image!r} was mapped by hand; all routes: {mapped}")
    asked.service.routes.refresh()
    return {}


def _fits(name: str, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_CHARACTERS[name] and "\0" not in value


def _told(route: ModelRoute) -> dict[str, Any]:
    url = redacted(route.url) if route.url else None
    return {"image": route.image, "url": url, "command": route.command}


ENTRY = Calls(
    "models",
    (
        Route("GET", "/leeboard/models", list_routes),
        Route("POST", "/leeboard/models", map_image),
        Route("DELETE", "/leeboard/models", unmap_image),
    ),
)
