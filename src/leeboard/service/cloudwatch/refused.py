"""What CloudWatch refuses, with its codes."""

from leeboard.service.refusals import RefusalError


class BadValueError(RefusalError):
    """A parameter has a value that it cannot have."""

    code = "InvalidParameterValueException"


class BadCombinationError(RefusalError):
    """Parameters exclude each other, or ask for too much together."""

    code = "InvalidParameterCombinationException"


class MissingParameterError(RefusalError):
    """A parameter is wanted."""

    code = "MissingRequiredParameterException"


class BadTokenError(RefusalError):
    """A token of a next page that none of ours is."""

    code = "InvalidNextToken"
