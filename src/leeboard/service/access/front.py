"""Which address a server is asked by, and whether it is one of its own.

A page of another site may point its own name at this machine (DNS rebinding); requests then bear that name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from leeboard.errors import InputError

FORWARDING = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers by which proxies give themselves away."""
_PORT = re.compile(r"^(\d+\.\d+\.\d+\.\d+|\[[^\]]*\]):\d{1,5}$")
"""Some proxies tell the client's port, too."""
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Front:
    """How a server is reached.

    Attributes:
        listens_on: the address of `--host`.
        public_host: name, and port if not the usual one, by which a proxy in front is asked; None without.
        is_public_secure: whether that is by TLS.
        trusted: networks of proxies whose word about the client is believed; with a public host that of
            this machine is, too.
    """

    listens_on: str
    public_host: str | None = None
    is_public_secure: bool = False
    trusted: tuple[str, ...] = ()

    @classmethod
    def of(cls, listens_on: str, public_url: str | None, trusted: tuple[str, ...] = ()) -> Self:
        """From what a server is told at its start.

        Raises:
            InputError: the URL or a network cannot be one.
        """
        for network in trusted:
            try:
                ip_network(network, strict=False)
            except ValueError as error:
                raise InputError(
                    f"{network!r} is no network of a proxy ({error}); expected such as 10.0.0.0/8"
                ) from None
        if public_url is None:
            return cls(listens_on, trusted=trusted)
        scheme, host = _public(public_url)
        return cls(listens_on, host, scheme == "https", trusted)

    def is_secure(self, host: str) -> bool:
        """Whether who asks by this name does so over TLS; a wrong word harms only who says it."""
        return self.is_public_secure and host.lower() == self.public_host

    def refusal(self, host: str) -> str | None:
        """Why pages are not shown under the name that a request bears; None if they are."""
        name = _name(host)
        if name is None:
            return "the Host header of this request is missing, or is no name of a host"
        if self._knows(host.lower(), name):
            return None
        return (
            f"this server does not know itself by the name {name[:80]}. On this machine, ask for "
            "localhost or 127.0.0.1; behind a proxy, start the server with --public-url"
        )

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """The address that a request comes from.

        Args:
            peer: the other end of the connection. If that is a proxy of ours, what it says counts: the
                last entry, as the others are what the client itself wrote.
            headers: by lower-case name.
        """
        told = _PORT.sub(r"\1", headers.get("x-forwarded-for", "").rpartition(",")[2].strip()).strip("[]")
        return told if told and self._trusts(peer) and _is_address(told) else peer

    def is_of_this_machine(self, peer: str, headers: Mapping[str, str]) -> bool:
        """Whether surely a program of this machine asks. Nobody can tell what a proxy hands on as its own, so
        that where one is told of, or gives itself away, no request is.
        """
        has_proxy = self.public_host or self.trusted or any(name in headers for name in FORWARDING)
        is_near = self._is_local and _is_loopback(peer) and not has_proxy
        return is_near and self.refusal(headers.get("host", "")) is None

    def _knows(self, host: str, name: str) -> bool:
        if host == self.public_host or not self._is_local:
            return True
        if _is_address(name):
            return True  # a name is what rebinding needs; an address is itself
        return name == "localhost" or name.endswith(".localhost") or name == self.listens_on.lower()

    @property
    def _is_local(self) -> bool:
        """Only this machine reaches it, so that its names are known; elsewhere they are the network's."""
        return _is_loopback(self.listens_on) or self.listens_on.lower() == "localhost"

    def _trusts(self, peer: str) -> bool:
        if not _is_address(peer):
            return False
        address = ip_address(peer)
        is_named = any(address in ip_network(network, strict=False) for network in self.trusted)
        return is_named or (address.is_loopback and self.public_host is not None)


def _name(host: str) -> str | None:
    """Without port and brackets, in lower case."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]").lower() if found else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ip_address(text).is_loopback


def _public(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(_HOST.fullmatch(parts.netloc))
        is_good = is_good and parts.path in ("", "/") and not parts.query and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise InputError(
            f"the public URL is {url[:200]!r}; expected scheme and host alone, such as "
            "https://leeboard.example.org"
        )
    return parts.scheme, parts.netloc.lower()
