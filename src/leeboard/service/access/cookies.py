"""The cookie of a session."""

from collections.abc import Mapping

from leeboard.service.access.sessions import WHOLE

PATH = "/dashboard"


def cookie_name(host: str, *, is_secure: bool) -> str:
    """What it is called.

    Args:
        host: as the request's header says. Browsers do not tell the ports of a host apart, so that two
            servers of one machine would log each other out.
        is_secure: over TLS, where the prefix keeps other sites of the domain from setting it.
    """
    _, _, port = host.rpartition(":")
    plain = f"leeboard_{port}" if port.isascii() and port.isdigit() and len(port) <= 5 else "leeboard"
    return f"__Host-{plain}" if is_secure else plain


def find_cookie(headers: Mapping[str, str], *, is_secure: bool) -> str:
    """The value that a request brings; empty if none.

    Args:
        headers: by lower-case name.
    """
    wanted = cookie_name(headers.get("host", ""), is_secure=is_secure)
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted:
            return value
    return ""


def set_cookie(host: str, value: str, *, is_secure: bool) -> str:
    """The header that gives it to a browser; an empty value takes it away.

    `Lax` and not `Strict`, so that a link from a chat finds its reader logged in; changes need the form's
    token besides.
    """
    name = cookie_name(host, is_secure=is_secure)
    age_s = int(WHOLE.total_seconds()) if value else 0
    place = "Path=/; Secure" if is_secure else f"Path={PATH}"
    return f"{name}={value}; Max-Age={age_s}; {place}; HttpOnly; SameSite=Lax"
