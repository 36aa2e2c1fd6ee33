"""What helps against causes of failure that AWS words: what `petc bootstrap` prevents, and what a new account lacks."""

from __future__ import annotations

import re

from petc.deploy.preflight import quotas

_HINTS = (
    (
        # AWS CloudFormation User Guide, "Troubleshooting CloudFormation StackSets".
        re.compile(r"Account \d{12} should have '.+' role with trust relationship"),
        "run petc bootstrap for that account, with --role or by whoever administers it, or take it out of the targets",
    ),
    (
        # The wording of IAM; IAM User Guide, "Troubleshoot access denied error messages".
        re.compile(r"petc-execution/\S+ is not authorized to perform"),
        "run petc bootstrap again: petc-execution is granted what the layers use, and a layer has a new type",
    ),
    (
        # API Gateway's answer to a stage with logs in an account and region without the setting (wording seen).
        re.compile(r"CloudWatch Logs role ARN must be set in account settings"),
        "run petc bootstrap again: it makes the setting in each region of the targets",
    ),
    (
        # Lambda's answer in an account with a quota of 10, of which 10 stay unreserved (wording seen:
        # https://github.com/aws-samples/one-observability-demo/issues/278).
        re.compile(r"decreases account's UnreservedConcurrentExecution below its minimum value"),
        f"raise Lambda's quota {quotas.LAMBDA_CONCURRENCY.code} (concurrent executions) for the account and region: "
        "aws service-quotas request-service-quota-increase --service-code lambda --quota-code "
        f"{quotas.LAMBDA_CONCURRENCY.code} --desired-value 1000; or take `concurrency` of the function out of the spec",
    ),
    (
        # CloudFront's answer to a new account (wording seen: https://github.com/sst/sst/issues/3704).
        re.compile(r"[Aa]ccount must be verified before you can add new CloudFront resources"),
        "ask AWS Support to verify the account for CloudFront, then run petc deploy again",
    ),
    (
        # ECS's answer while its service-linked role is new (wording seen:
        # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818).
        re.compile(r"Unable to assume the service linked role"),
        "run petc deploy again in a minute: the role was just created, and IAM takes a while to know it; "
        "petc bootstrap creates service-linked roles beforehand",
    ),
)


def hint(reason: str) -> str:
    """Return what to do about a failure for this reason; empty when nothing general is known."""
    return next((words for pattern, words in _HINTS if pattern.search(reason)), "")
