"""Every endpoint and batch model at a glance."""

from leeboard.dashboard.answers import View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit


def overview(visit: Visit) -> View:
    """Every endpoint and batch model, worst first."""
    return View("message.html", "Overview", {"text": "Soon."})


ENTRY = Pages("overview", (Page("GET", "/", overview),), tab=("Overview", "/"), order=0)
