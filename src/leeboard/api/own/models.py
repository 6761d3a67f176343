"""The model map: which URL or program stands for an image."""

from typing import Any

from leeboard.api.own import Asked, Calls, Route
from leeboard.hosting.failures import redacted
from leeboard.hosting.mapping import ModelRoute
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError


def list_routes(asked: Asked) -> Any:
    """In the order in which they are tried; the first that matches counts."""
    return {"models": [_told(route) for route in asked.service.routes.all()]}


def map_image(asked: Asked) -> Any:
    """Add a route, or replace the one of the same pattern."""
    image = asked.body.get("image")
    if not isinstance(image, str):
        raise InvalidRequestError('give "image", a pattern, and "url" or "command"')
    route = ModelRoute(image, asked.body.get("url"), asked.body.get("command"))
    asked.service.routes.map(route)
    return _told(route)


def unmap_image(asked: Asked) -> Any:
    """Remove a route that was mapped by hand."""
    image = asked.query.get("image", "")
    if not asked.service.routes.unmap(image):
        mapped = ", ".join(route.image for route in asked.service.routes.all()) or "none"
        raise ResourceNotFoundError(f"no route for {image!r} was mapped by hand; all routes: {mapped}")
    return {}


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
