"""A data set that a form sent: into the store at once, so that it is not lost with the page."""

import re
from hashlib import sha256

from leeboard.dashboard.typed import Typed
from leeboard.dashboard.visit import Upload, Visit
from leeboard.errors import LeeboardError
from leeboard.service.keeping.uploads import UPLOADED
from leeboard.storage import join, write_bytes


def with_upload(visit: Visit, values: dict[str, str], typed: Typed) -> dict[str, str]:
    """The values with the URI of the file that was sent, if one was and is wanted."""
    sent = visit.files.get("data_file")
    if sent is None or not sent.content or values.get("baseline") != "data":
        return values
    output = typed.uri("output", what="the place of the reports")
    if typed.errors:
        return values
    try:
        return values | {"data": _kept(visit, sent, output)}
    except LeeboardError as error:
        typed.errors["output"] = str(error)
        return values


def _kept(visit: Visit, sent: Upload, output: str) -> str:
    """The line comes first: no file is there that the audit log does not tell of."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", sent.name.replace("\\", "/").rpartition("/")[2])[-60:].lstrip(".")
    uri = join(output, "uploads", sha256(sent.content).hexdigest()[:16], name or "data.csv")
    visit.audit(UPLOADED, uri, n_bytes=len(sent.content))
    try:
        write_bytes(uri, sent.content)
    except LeeboardError:
        visit.audit("could not upload a data set", uri, "failed")
        raise
    return uri
