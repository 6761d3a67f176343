"""What a folder of objects refuses, with S3's error codes."""

from leeboard.errors import InputError, NotFoundError


class ObjectRefusedError(InputError):
    """A request that a folder of objects does not do.

    Attributes:
        code: S3's error code.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NoSuchBucketError(ObjectRefusedError, NotFoundError):
    """No folder stands for the bucket."""

    def __init__(self, bucket: str, there: str) -> None:
        ObjectRefusedError.__init__(
            self, "NoSuchBucket", f"no bucket {bucket!r}; {there}: create it or check its name"
        )
        self.uri = f"s3://{bucket}"


class NoSuchKeyError(ObjectRefusedError, NotFoundError):
    """The bucket has no object of that key."""

    def __init__(self, bucket: str, key: str) -> None:
        ObjectRefusedError.__init__(self, "NoSuchKey", f"bucket {bucket!r} has no object {key!r}")
        self.uri = f"s3://{bucket}/{key}"


def precondition_failed(said: str) -> ObjectRefusedError:
    """The object is not in the state that the request asked for."""
    return ObjectRefusedError("PreconditionFailed", said)
