"""One model."""

from leeboard.dashboard.answers import View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.service.views.model import model_seen


def model(visit: Visit) -> View:
    """One model: what it is made of and where it answers."""
    with visit.service.database.read() as connection:
        seen = model_seen(visit.service, connection, visit.names["name"])
    return View("endpoint_model.html", seen.model.name, {"seen": seen}, (("Overview", "/"),))


ENTRY = Pages("models", (Page("GET", "/models/{name}", model),))
