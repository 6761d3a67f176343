"""Why a signature is refused, with the code that each family of services uses for it."""

from typing import ClassVar

from leeboard.service.refusals import RefusalError

QUERY_SERVICES = frozenset({"sts", "iam", "monitoring"})


class AuthError(RefusalError):
    """Who asks is not known.

    Attributes:
        codes: of services that speak JSON, of those that answer in XML, of S3.
    """

    status = 403
    codes: ClassVar[tuple[str, str, str]] = ("AccessDeniedException", "AccessDenied", "AccessDenied")

    def __init__(self, message: str, service: str | None = None) -> None:
        at = 2 if service == "s3" else 1 if service in QUERY_SERVICES else 0
        super().__init__(message, code=self.codes[at])


class UnsignedError(AuthError):
    """The request has no signature."""

    codes = ("MissingAuthenticationToken", "MissingAuthenticationToken", "AccessDenied")


class MalformedSignatureError(AuthError):
    """The signature cannot be read."""

    codes = ("IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed")


class UnknownKeyError(AuthError):
    """No key of that id."""

    codes = ("UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId")


class WrongSignatureError(AuthError):
    """The request is not what was signed, or was signed with another secret."""

    codes = ("InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch")


class OldRequestError(AuthError):
    """The request was signed too long ago, or by a clock that is ahead."""

    codes = ("RequestExpired", "RequestExpired", "RequestTimeTooSkewed")


class ExpiredUrlError(AuthError):
    """A presigned URL's time is over."""

    codes = ("RequestExpired", "RequestExpired", "AccessDenied")
