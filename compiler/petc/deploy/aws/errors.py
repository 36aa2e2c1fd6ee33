"""What AWS and the way to it can refuse, as problems with cause and way out."""

from __future__ import annotations

from typing import Any

import botocore.exceptions

from petc.deploy import codes
from petc.diagnostics import Rejected

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_INVALID = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidAccessKeyId",
        "AuthFailure",
        "InvalidToken",
        "IncompleteSignature",
        "MissingAuthenticationToken",
    }
)
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "UnauthorizedAccess",
        "NotAuthorized",
        "403",
    }
)
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "RequestThrottled",
        "ProvisionedThroughputExceededException",
    }
)

_SERVER_FAULTS = 500
"""HTTP statuses from here on are the server's fault; RFC 9110, section 15.6."""


def of_library(fault: botocore.exceptions.BotoCoreError, action: str, resource: str) -> Rejected:
    """Return the problem behind an exception that botocore raised before or instead of an answer."""
    if isinstance(
        fault, botocore.exceptions.NoCredentialsError | botocore.exceptions.PartialCredentialsError
    ):
        return codes.AWS_CREDENTIALS_MISSING.because(
            "no AWS credentials were found",
            "log in (`aws sso login`), set AWS_PROFILE, or use --local",
        )
    if isinstance(
        fault,
        botocore.exceptions.SSOTokenLoadError
        | botocore.exceptions.UnauthorizedSSOTokenError
        | botocore.exceptions.TokenRetrievalError,
    ):
        return codes.AWS_CREDENTIALS_EXPIRED.because(
            f"the AWS login has ended: {_sentence(fault)}",
            "log in again (`aws sso login`); what was begun goes on, and petc deploy resumes it",
        )
    if isinstance(fault, botocore.exceptions.CredentialRetrievalError):
        return codes.AWS_CREDENTIALS_MISSING.because(
            _sentence(fault), "look at what the profile runs for credentials"
        )
    if isinstance(fault, botocore.exceptions.ProfileNotFound):
        return codes.AWS_CREDENTIALS_MISSING.because(_sentence(fault), "correct AWS_PROFILE")
    return codes.AWS_UNREACHABLE.because(
        f"{action} got no answer{_on(resource)}: {_sentence(fault)}",
        "look at the network and AWS_ENDPOINT_URL, then run the command again; it resumes",
    )


def of_answer(fault: botocore.exceptions.ClientError, action: str, resource: str) -> Rejected:
    """Return the problem behind an error that AWS answered."""
    code, message = code_of(fault), message_of(fault)
    if code in _EXPIRED:
        return codes.AWS_CREDENTIALS_EXPIRED.because(
            f"the AWS credentials have expired at {action}",
            "log in again; what was begun goes on, and petc deploy resumes it",
        )
    if code in _INVALID:
        return codes.AWS_CREDENTIALS_INVALID.because(
            f"AWS does not accept the credentials: {message}",
            "look at AWS_PROFILE and the AWS_… variables of the environment",
        )
    if code in _DENIED:
        return codes.AWS_ACCESS_DENIED.because(
            f"{action} is not allowed{_on(resource)}: {message}",
            "run `petc bootstrap --print` and compare what it grants with the role that you use",
        )
    if code in _THROTTLED:
        return codes.AWS_THROTTLED.because(
            f"AWS still throttles {action} after {_attempts(fault)} attempts",
            "run the command again in a minute; it resumes",
        )
    if _is_no_answer(fault):
        return codes.AWS_UNREACHABLE.because(
            f"{action} got no answer{_on(resource)} after {_attempts(fault)} attempts: {code} {message}".rstrip(),
            "wait a while (AWS Health Dashboard tells of outages), then run the command again; it resumes",
        )
    return codes.AWS_REFUSED.because(f"{action} was refused{_on(resource)}: {code}: {message}", "")


def _is_no_answer(fault: botocore.exceptions.ClientError) -> bool:
    """Whether the service, or what stands before it, failed itself: it may have done what was asked or not."""
    return int(fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= _SERVER_FAULTS


def code_of(fault: botocore.exceptions.ClientError) -> str:
    """Return AWS's error code."""
    return str(_error(fault).get("Code", ""))


def message_of(fault: botocore.exceptions.ClientError) -> str:
    """Return AWS's own words, in one line."""
    return " ".join(str(_error(fault).get("Message", "")).split())


def _error(fault: botocore.exceptions.ClientError) -> dict[str, Any]:
    found: dict[str, Any] = fault.response.get("Error", {})
    return found


def _attempts(fault: botocore.exceptions.ClientError) -> int:
    return int(fault.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) + 1


def _on(resource: str) -> str:
    return f" on {resource}" if resource else ""


def _sentence(fault: Exception) -> str:
    return " ".join(str(fault).split()).rstrip(".")
