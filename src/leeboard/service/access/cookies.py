"""The cookies of the dashboard: that of a session, and that of a notice for the next page."""

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


def notice_name(host: str, *, is_secure: bool) -> str:
    """What the other one is called, of the same server."""
    return f"{cookie_name(host, is_secure=is_secure)}-notice"


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


def notice_options(*, is_secure: bool) -> dict[str, Any]:
    """The same for a notice, which lasts until it was shown, or the browser is closed."""
    return {name: value for name, value in cookie_options(is_secure=is_secure).items() if name != "max_age"}
