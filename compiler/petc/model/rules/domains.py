"""Rules about names and times that only AWS would check: domains and schedules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model import schedules
from petc.model.rules.rule import Case, Found, Rule

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, section 2.1, and RFC 1035, section 2.3.4."""
_DOMAIN = 253


def _malformed(case: Case) -> Iterator[Found]:
    stage = case.stage
    named = [("/load_balancer/domain", stage.load_balancer.domain)]
    if stage.frontend:
        named.append((f"{stage.frontend.at}/domain", stage.frontend.domain))
    for at, domain in named:
        labels = domain.split(".") if domain else []
        wrong = next((label for label in labels if not _LABEL.fullmatch(label)), "")
        if wrong or len(domain) > _DOMAIN or "" in labels:
            yield Found(
                at,
                f"`{domain}` is no domain name: `{wrong}` is no label of one"
                if wrong
                else f"`{domain}` is longer than the {_DOMAIN} characters of a domain name",
                "labels have at most 63 letters, digits and hyphens, and no hyphen at either end",
            )


def _twice(case: Case) -> Iterator[Found]:
    stage, targets = case.stage, case.stage.targets
    cells = len(targets.regions) * (len(targets.accounts) or 1)
    if stage.frontend and stage.frontend.domain and cells > 1:
        yield Found(
            f"{stage.frontend.at}/domain",
            f"{cells} targets would each make a distribution for `{stage.frontend.domain}`, and CloudFront takes one",
            "give each region a stage with a domain of its own, or leave the domain out",
            (Related("the targets", pointer="/targets"),),
        )


def _schedules(case: Case) -> Iterator[Found]:
    for function in case.stage.functions.values():
        schedule = function.trigger.schedule
        reason = schedules.fault(schedule) if schedule else ""
        if reason:
            yield Found(
                f"{function.at}/trigger/schedule",
                f"`{schedule}` is no schedule that EventBridge takes: {reason}",
                "write `rate(1 hour)`, `rate(5 minutes)`, or six fields such as `cron(0 3 * * ? *)`",
            )


_SITE = """\
frontend: {{content: ../site, domain: www.example.com}}
stages:
  dev:
    targets:
      accounts: [{accounts}]
      regions:
        us-west-2:
          site_certificate: arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555
"""

_SECOND = """\
        us-east-2:
          site_certificate: arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-1111-2222-333344445555
"""

RULES = (
    Rule(
        Code(
            "domain-malformed",
            Severity.ERROR,
            "a domain name that cannot be one",
            "The parts of a domain name have at most 63 letters, digits and hyphens, and no hyphen at either end.",
            bad=_SITE.format(accounts='"123456789012"').replace("www.example", "www-.example"),
            good=_SITE.format(accounts='"123456789012"').replace("www.example", "www-1.example"),
        ),
        _malformed,
    ),
    Rule(
        Code(
            "one-site-domain",
            Severity.ERROR,
            "one domain for the sites of several targets",
            "Every account and region has a site of its own, and a domain can be the alternate name of one "
            "distribution in the world. The second stack would fail.",
            bad=_SITE.format(accounts='"123456789012"') + _SECOND,
            good=_SITE.format(accounts='"123456789012"'),
        ),
        _twice,
    ),
    Rule(
        Code(
            "schedule-malformed",
            Severity.ERROR,
            "a schedule that EventBridge refuses",
            "A rate is a whole number above 0 and a unit, in the singular for 1. A cron expression has six fields: "
            "minutes 0-59, hours 0-23, day-of-month 1-31, month 1-12 or JAN-DEC, day-of-week 1-7 or SUN-SAT, year "
            "1970-2199, with lists, ranges and steps. Exactly one of the two days is `?`. Times are in UTC.",
            bad="functions: {report: {source: src, trigger: {schedule: rate(1 days)}}}\n",
            good="functions: {report: {source: src, trigger: {schedule: rate(1 day)}}}\n",
        ),
        _schedules,
    ),
)
