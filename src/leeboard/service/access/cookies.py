"""The cookie of a session."""

from typing import Any

from leeboard.service.access.sessions import WHOLE


def cookie_name(host: str, *, is_secure: bool) -> str:
    """What it is called.

    Args:
        host: as the request's header says. Browsers do not tell the ports of a host apart, so that two
            servers of one machine would log each other out.
        is_secure: over TLS, where the prefix keeps other sites of the domain from setting it.
    """
    _, _, port = host.rpartition(":")
    plain = f"leeboard-{port}" if port.isascii() and port.isdigit() and len(port) <= 5 else "leeboard"
    return f"__Host-{plain}" if is_secure else plain


def cookie_options(*, is_secure: bool) -> dict[str, Any]:
    """How a browser keeps it: what `set_cookie` of Starlette takes besides name and value.

    `lax` and not `strict`, so that a link from a chat finds its reader logged in; changes need the form's
    token besides.
    """
    return {
        "max_age": int(WHOLE.total_seconds()),
        "path": "/" if is_secure else "/dashboard",  # the prefix of the name asks for the whole host
        "secure": is_secure,
        "httponly": True,
        "samesite": "lax",
    }
