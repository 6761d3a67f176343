"""Pages of a bucket's keys, with what has a delimiter behind the prefix rolled up."""

from dataclasses import dataclass

from leeboard.storage.objects.folder import ObjectFolder, ObjectInfo
from leeboard.storage.objects.refusals import NoSuchKeyError
from leeboard.storage.objects.walk import BEHIND, FoundObject


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a listing.

    Attributes:
        prefixes: each stands for all keys that begin with it.
        last: the last key or prefix of the page; None if nothing is behind it.
        n_folders: how many folders were read for it.
    """

    objects: tuple[ObjectInfo, ...]
    prefixes: tuple[str, ...]
    last: str | None
    n_folders: int


def page(
    folder: ObjectFolder, bucket: str, *, prefix: str = "", delimiter: str = "", after: str = "", limit: int
) -> Page:
    """The first `limit` keys and prefixes behind `after`, which may be the last of another page."""
    found: list[FoundObject] = []
    commons: list[str] = []
    last, is_more = "", False
    with folder.walk(bucket, prefix, _behind(after, prefix, delimiter)) as walk:
        for each in walk:
            if len(found) + len(commons) == limit:
                is_more = limit > 0
                break
            common = _common(each.key, prefix, delimiter)
            if common is None:
                found.append(each)
            else:
                commons.append(common)
                walk.skip_to(common.encode() + BEHIND)
            last = each.key if common is None else common
        n_folders = walk.n_folders
    return Page(_infos(folder, bucket, found), tuple(commons), last if is_more else None, n_folders)


def _common(key: str, prefix: str, delimiter: str) -> str | None:
    if not delimiter:
        return None
    at = key.find(delimiter, len(prefix))
    return None if at < 0 else key[: at + len(delimiter)]


def _behind(after: str, prefix: str, delimiter: str) -> bytes:
    """All that a common prefix stands for was listed with it."""
    is_common = after.startswith(prefix) and _common(after, prefix, delimiter) == after
    return after.encode() + (BEHIND if is_common else b"")


def _infos(folder: ObjectFolder, bucket: str, found: list[FoundObject]) -> tuple[ObjectInfo, ...]:
    infos = []
    for each in found:
        try:
            infos.append(folder.listed(bucket, each.key, each.identity))
        except NoSuchKeyError:  # deleted since
            continue
    return tuple(infos)
