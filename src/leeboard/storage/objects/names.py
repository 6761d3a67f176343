"""Keys as paths: each name of a key is a name of a file or folder, and the other way round.

A name that no file can have, such as `..` or an empty one, is written with a mark before it. So is
one whose plain form is taken by the other kind: a key may also be the beginning of others.
"""

import re

from leeboard.storage.objects.refusals import ObjectRefusedError

MARK = ".leeboard~"
FILE_MARK = MARK + "o="
FOLDER_MARK = MARK + "p="
KEY_BYTES = 1024
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")


def check_bucket(bucket: str) -> str:
    """The name, if S3 allows it.

    Raises:
        ObjectRefusedError: so that no name can lead out of the root.
    """
    if not BUCKET.fullmatch(bucket) or ".." in bucket or ADDRESS.fullmatch(bucket):
        raise ObjectRefusedError(
            "InvalidBucketName",
            f"{bucket[:80]!r} is not a name for a bucket: 3 to 63 small letters, digits, '-' and '.', "
            "a letter or digit at both ends, no '..', no IP address",
        )
    return bucket


def is_bucket(name: str) -> bool:
    """Whether a folder of that name stands for a bucket."""
    try:
        return bool(check_bucket(name))
    except ObjectRefusedError:
        return False


def key_names(key: str) -> list[str]:
    """The names in a key; the last one is of the object.

    Raises:
        ObjectRefusedError: for a key that S3 or no file system can keep.
    """
    n_bytes = len(check_text(key).encode())
    if n_bytes > KEY_BYTES:
        raise ObjectRefusedError(
            "KeyTooLongError", f"the key has {n_bytes} bytes; it may have at most {KEY_BYTES}"
        )
    if not key:
        raise ObjectRefusedError("InvalidArgument", "the key is empty")
    return key.split("/")


def check_text(text: str) -> str:
    """A key or the beginning of one.

    Raises:
        ObjectRefusedError: if it cannot be in a path.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ObjectRefusedError("InvalidArgument", f"{text!r} has a zero byte, or bytes that are not UTF-8")
    return text


def file_names(name: str) -> tuple[str, ...]:
    """What the file may be called, the first choice first."""
    return (FILE_MARK + name,) if _needs_mark(name) else (name, FILE_MARK + name)


def folder_names(name: str) -> tuple[str, ...]:
    """What the folder may be called, the first choice first."""
    return (FOLDER_MARK + name,) if _needs_mark(name) else (name, FOLDER_MARK + name)


def name_of_file(file: str) -> str | None:
    """The last name of the key of a file; None if it is of no key."""
    return _unmarked(file, FILE_MARK)


def name_of_folder(folder: str) -> str | None:
    """The name in keys of a folder; None if it is in none."""
    return _unmarked(folder, FOLDER_MARK)


def _needs_mark(name: str) -> bool:
    return name in ("", ".", "..") or name.startswith(MARK)


def _unmarked(name: str, mark: str) -> str | None:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are not UTF-8 are not in any key
        return None
    if name.startswith(mark):
        return name.removeprefix(mark)
    return None if name.startswith(MARK) else name
