"""Who looks at a server, what they may, and what let them in."""

import hmac
from dataclasses import dataclass, field

READER, EDITOR = "reader", "editor"
ROLES = (READER, EDITOR)
TOKEN, KEY = "token", "key"


@dataclass(frozen=True, slots=True)
class Origin:
    """A token of the server's own or a key pair, as it holds now.

    Attributes:
        kind: `TOKEN` of the server's own, or `KEY`.
        name: of who comes by it.
        secret: what has to be given.
    """

    kind: str
    name: str
    role: str
    secret: str = field(repr=False)

    def seal(self, chance: str) -> str:
        """The digest under which a session or a link is kept that this began, of its cookie or code.

        It cannot be found again once secret, name or role are others. The chance in it is the key, so that
        who reads the database has nothing to try secrets on.
        """
        told = "\0".join((self.kind, self.name, self.role, self.secret))
        key = chance.encode(errors="surrogatepass")
        return hmac.digest(key, told.encode(errors="surrogatepass"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is known.

    Attributes:
        name: of the token, or the access key id.
        role: `reader` looks; `editor` changes too.
        token_id: the row of a named token, whose removal ends what was begun with it.
        origin: what else let them in; None for who has a named token.
    """

    name: str
    role: str
    token_id: int | None = None
    origin: Origin | None = field(default=None, repr=False, compare=False)

    @classmethod
    def by(cls, origin: Origin) -> "Visitor":
        """Who has this secret."""
        return cls(origin.name, origin.role, origin=origin)

    @property
    def is_editor(self) -> bool:
        return self.role == EDITOR


def may(role: str, wanted: str) -> bool:
    """Whether who has a role may do what another one is wanted for; unknown roles may nothing."""
    return role in ROLES and wanted in ROLES and ROLES.index(role) >= ROLES.index(wanted)
