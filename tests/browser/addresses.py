"""An address of each page of the dashboard's roster, filled with what the house has."""

import re
from urllib.parse import quote

from hostile_home import BATCH, NAMES, House

from leeboard.dashboard.pages import PAGES

MODEL_PAGES = {"quality": "quality", "bias": "bias", "attribution": "shap"}
MADE_BY_TESTS = {"/schedules/dry-runs/{key}"}
"""Pages that are opened by the tests that make what they are about."""


def roster() -> set[str]:
    """Paths of all pages, with the names of their parts alone."""
    paths = {page.path for group in PAGES for page in group.pages if page.method == "GET"}
    found = {re.sub(r":\w+}", "}", path) for path in paths}
    return found - MADE_BY_TESTS


def addresses(house: House) -> dict[str, str]:
    """By path of the roster; a page that is missing here has to be added."""
    run = f"/executions/{house.ids['data'][1]}"
    found = {
        "/": "/",
        "/access": "/access",
        "/alerts": "/alerts",
        "/alerts/notices": "/alerts/notices",
        "/alerts/routes": "/alerts/routes",
        "/alerts/rules": "/alerts/rules",
        "/alerts/rules/edit": "/alerts/rules/edit",
        "/alerts/silences": "/alerts/silences",
        "/alerts/sinks/edit": "/alerts/sinks/edit",
        "/alerts/{number}": f"/alerts/{house.incident}",
        "/audit": "/audit",
        "/batch": f"/batch?data={quote(BATCH)}",
        "/changes": "/changes",
        "/compare": "/compare?left=data&right=data",
        "/endpoints/{name}": "/endpoints/loans",
        "/executions/{id}": run,
        "/executions/{id}/files/{name}": f"{run}/files/statistics.json",
        "/executions/{id}/log": f"{run}/log",
        "/models/{name}": "/models/hostile-model",
        "/schedules": "/schedules",
        "/baselines": "/baselines",
        "/schedules/new": "/schedules/new",
        "/schedules/new/when": "/schedules/new/when?every=1h",
        "/schedules/{name}/edit": "/schedules/spare/edit",
        "/schedules/{name}/edit/when": "/schedules/spare/edit/when?every=1h",
        "/schedules/{name}/constraints": "/schedules/live/constraints",
        "/schedules/{name}": "/schedules/live",
        "/schedules/{name}/features": f"/schedules/live/features?feature={quote(NAMES[0])}",
        "/search": "/search?q=a",
    }
    models = {f"/schedules/{{name}}/{page}": f"/schedules/{of}/{page}" for page, of in MODEL_PAGES.items()}
    return found | models


def more_addresses(house: House) -> list[str]:
    """Further states of pages that look different: what failed, what is empty, names that hurt."""
    return [
        "/login",
        f"/executions/{house.failed}",
        f"/executions/{house.empty}",
        f"/executions/{house.live}",
        f"/executions/{house.ids['shap'][1]}",
        "/endpoints/hostile",
        "/alerts/sinks/edit?kind=sns",
        "/schedules/data",
        "/schedules/quality",
        "/schedules/new?endpoint=loans",
        f"/schedules/new?batch={quote(BATCH)}",
        "/schedules/live/constraints?preview=1",
        f"/schedules/data/features?feature={quote(NAMES[2])}&last=24",
        f"/compare?left=live&right=live&feature={quote(NAMES[2])}",
        "/compare?left=bias",
        "/compare",
        "/search",
        f"/search?q={quote(NAMES[0])}",
    ]
