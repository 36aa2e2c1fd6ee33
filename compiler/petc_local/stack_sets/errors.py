"""The refusal of a request, as CloudFormation words it."""

from __future__ import annotations


class RequestRefused(Exception):
    """A request that CloudFormation answers with an error.

    `code` is the error code of the botocore shape of the same name (`StackSetNotFoundException`), or
    `ValidationError`, which the API reference lists under "Common Errors". `message` is what the client shows.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> RequestRefused:
    """Return the refusal of input that breaks a constraint (API reference, "Common Errors": ValidationError)."""
    return RequestRefused("ValidationError", message)
