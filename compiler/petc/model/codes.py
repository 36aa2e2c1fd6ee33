"""What `petc explain` says about violations of the schema."""

from __future__ import annotations

from petc.diagnostics import Code, Severity


def _code(name: str, title: str, why: str, bad: str, good: str) -> Code:
    return Code(name, Severity.ERROR, title, why, bad, good)


UNKNOWN_KEY = _code(
    "unknown-key",
    "a key that the language does not have",
    "A key that nothing reads would be a promise that nothing keeps. The message names the nearest key.",
    bad="services: {orders: {memmory: 1024}}\n",
    good="services: {orders: {memory: 1024}}\n",
)

MISSING_KEY = _code(
    "missing-key",
    "a key that has no default is missing",
    "Most keys have a default; the few that do not are facts that only you know.",
    bad="services: {returns: {route: {aliases: [/api/return]}, health: /health}}\n",
    good="services: {returns: {route: {path: /api/returns, aliases: [/api/return]}, health: /health}}\n",
)

WRONG_TYPE = _code(
    "wrong-type",
    "a value of the wrong type",
    "YAML decides by how a value is written: 4.1 is a number and 4.1.0 is text. Quotes make anything text.",
    bad="services: {orders: {image: {tag: 1.29}}}\n",
    good='services: {orders: {image: {tag: "1.29"}}}\n',
)

NOT_ONE_OF = _code(
    "not-one-of",
    "a value that is not on the list",
    "The key knows a closed list of values, and the message shows it.",
    bad="network: {nat: per-region}\n",
    good="network: {nat: per-zone}\n",
)

MALFORMED = _code(
    "malformed",
    "text that does not have the form of its key",
    "Address ranges, paths, ARNs and the like have a form. The message shows an example.",
    bad="services: {orders: {route: api/orders}}\n",
    good="services: {orders: {route: /api/orders}}\n",
)

MALFORMED_NAME = _code(
    "malformed-name",
    "a name that cannot be one",
    "Names of parts become logical ids, paths and DNS names: a lower-case letter first, then lower-case "
    "letters, digits and hyphens.",
    bad="services: {Order_Service: {}}\n",
    good="services: {order-service: {}}\n",
)

OUT_OF_RANGE = _code(
    "out-of-range",
    "a number, text or list outside its bounds",
    "The bounds are those of AWS, or of what makes sense; `petc schema` shows them.",
    bad="services: {orders: {port: 80800}}\n",
    good="services: {orders: {port: 8080}}\n",
)

REPEATED = _code(
    "repeated",
    "an entry stands twice in a list",
    "The second entry would do nothing, so it is a slip or a misunderstanding.",
    bad="notifications: {email: [on-call@example.com, on-call@example.com]}\n",
    good="notifications: {email: [on-call@example.com]}\n",
)

WRONG_VERSION = _code(
    "wrong-version",
    "a version of the language that this petc does not read",
    "`petc: 1` says which version of the language the spec is written in. Another version needs another petc.",
    bad="petc: 2\n",
    good="petc: 1\n",
)

CODES: tuple[Code, ...] = (
    UNKNOWN_KEY,
    MISSING_KEY,
    WRONG_TYPE,
    NOT_ONE_OF,
    MALFORMED,
    MALFORMED_NAME,
    OUT_OF_RANGE,
    REPEATED,
    WRONG_VERSION,
)
