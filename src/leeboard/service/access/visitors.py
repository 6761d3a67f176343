"""Who looks at a server, and what they may."""

from dataclasses import dataclass

READER, EDITOR = "reader", "editor"
ROLES = (READER, EDITOR)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is known.

    Attributes:
        name: of the token, or the access key id.
        role: `reader` looks; `editor` changes too.
        token_id: the row of a named token, whose removal ends what was begun with it.
    """

    name: str
    role: str
    token_id: int | None = None

    @property
    def is_editor(self) -> bool:
        return self.role == EDITOR


def may(role: str, wanted: str) -> bool:
    """Whether who has a role may do what another one is wanted for; unknown roles may nothing."""
    return role in ROLES and wanted in ROLES and ROLES.index(role) >= ROLES.index(wanted)
