"""What the service refuses, with AWS's error codes."""


class RefusalError(Exception):
    """A request that is refused; the wire turns it into the form of its protocol.

    Attributes:
        code: AWS's error code.
        message: what was wrong and what to do.
        status: of HTTP.
    """

    code = "ValidationException"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.status = status or self.status


class InvalidRequestError(RefusalError):
    """The request breaks a rule."""


class ResourceNotFoundError(RefusalError):
    """A named schedule, job or definition does not exist."""

    code = "ResourceNotFound"


class ResourceInUseError(RefusalError):
    """The name is taken."""

    code = "ResourceInUse"


class AccessDeniedError(RefusalError):
    """Who asks is not known, or may not."""

    code = "AccessDeniedException"
    status = 403


class UnknownOperationError(RefusalError):
    """An operation that leeboard does not answer."""

    code = "UnknownOperationException"
    status = 404
