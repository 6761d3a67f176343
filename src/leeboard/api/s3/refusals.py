"""What S3 refuses, and with which status."""

import errno

from leeboard.service.refusals import RefusalError
from leeboard.storage.objects.refusals import ObjectRefusedError

STATUS = {
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "BucketNotEmpty": 409,
    "PreconditionFailed": 412,
    "InsufficientStorage": 507,
}


def refusal(code: str, message: str, status: int = 400) -> RefusalError:
    """An error with one of S3's codes."""
    return RefusalError(message, code=code, status=status)


def not_implemented(what: str) -> RefusalError:
    """For what S3 has and a folder has not; 400, as clients try again what fails with 501."""
    return refusal("NotImplemented", f"{what}: not implemented here; buckets here are plain folders")


def as_refusal(error: Exception) -> RefusalError | None:
    """The error to answer with; None for a fault of ours."""
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, ObjectRefusedError):
        return refusal(error.code, str(error), STATUS.get(error.code, 400))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return refusal("InsufficientStorage", "the disk of the objects is full", 507)
    return None
