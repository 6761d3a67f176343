"""What lets somebody into a server, beside named tokens."""

from collections.abc import Sequence

from leeboard.service.access.tokens import HOME_NAMES
from leeboard.service.access.visitors import EDITOR, KEY, READER, TOKEN, Origin
from leeboard.service.keys import KeyRing

Origins = Sequence[Origin]


def origins_of(keys: KeyRing) -> tuple[Origin, ...]:
    """The server's own tokens and its key pairs, as they hold now; an empty secret lets nobody in."""
    editor, reader = HOME_NAMES
    found = [
        Origin(TOKEN, editor, EDITOR, keys.dashboard_token),
        Origin(TOKEN, reader, READER, keys.reader_token),
        *(of_key(keys, access_key) for access_key in keys.secrets),
    ]
    return tuple(origin for origin in found if origin.secret)


def of_key(keys: KeyRing, access_key: str) -> Origin:
    """A key pair; with an empty secret if there is no such key."""
    return Origin(KEY, access_key, keys.role_of(access_key), keys.secrets.get(access_key, ""))
