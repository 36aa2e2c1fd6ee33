"""What `petc explain` says about the codes of this package.

Every example is a whole file: `bad` is refused with its code while it is read or merged, `good` is not.
"""

from __future__ import annotations

from petc.diagnostics import Code, Severity


def _code(name: str, title: str, why: str, bad: str = "", good: str = "") -> Code:
    return Code(name, Severity.ERROR, title, why, bad, good, whole_file=bool(bad))


MISSING_SPEC = _code(
    "missing-spec",
    "there is no spec file",
    "Without --spec, petc looks for the spec in the working directory and in every folder above it. "
    "It appears when none of them has one, or when --spec names a file that is not there. "
    "`petc init` writes a first spec.",
)

UNREADABLE = _code(
    "unreadable",
    "the spec cannot be read",
    "It appears when --spec names a folder, when the user may not read the file, or when the disk fails.",
)

TOO_LARGE = _code(
    "too-large",
    "the spec is too large",
    "A spec has at most 1 MiB and 100,000 values. More is not an architecture but a wrong file, "
    "or an attempt to exhaust the machine that compiles it; it is refused before it is read.",
)

NOT_UTF8 = _code(
    "not-utf8",
    "the spec is not UTF-8",
    "The same bytes must mean the same text on every machine, so a spec is UTF-8 and nothing else. "
    "It appears for Latin-1 and UTF-16 files, with the place of the first wrong byte. "
    "A UTF-8 byte order mark at the start is accepted.",
)

NUL_BYTE = _code(
    "nul-byte",
    "a NUL byte stands in the spec",
    "No text has one. It appears for binary files and for UTF-16 without a byte order mark; save the "
    "file as UTF-8.",
)

CONTROL_CHARACTER = _code(
    "control-character",
    "an invisible character stands in the spec",
    "What is reviewed must be what is compiled. Control characters, byte order marks inside the text, "
    "line breaks that only some editors show (U+0085, U+2028, U+2029) and characters that reorder what "
    "is displayed (U+202A to U+202E, U+2066 to U+2069) are refused, as escapes in quotes too.",
    'name: "shop\\x07"\n',
    'name: "shop\\tand more"\n',
)

_READING = (
    MISSING_SPEC,
    UNREADABLE,
    TOO_LARGE,
    NOT_UTF8,
    NUL_BYTE,
    CONTROL_CHARACTER,
)

YAML_SYNTAX = _code(
    "yaml-syntax",
    "the spec is not well-formed YAML",
    "Reading stops at the first such place, because what follows cannot be told apart. Most often the "
    "indentation, a quote, a bracket or a missing space after a colon is at fault, here or above.",
    "name: shop\nnetwork: {cidr: 10.0.0.0/16\n",
    "name: shop\nnetwork: {cidr: 10.0.0.0/16}\n",
)

EMPTY_SPEC = _code(
    "empty-spec",
    "the spec is empty",
    "The file holds comments at most. `petc init` writes a first spec.",
    "# nothing yet\n",
    "name: shop\n",
)

NOT_A_MAPPING = _code(
    "not-a-mapping",
    "keys are missing where they must be",
    "The spec as a whole, `stages` and each stage are mappings: names, each with a value.",
    "- name: shop\n",
    "name: shop\n",
)

SEVERAL_DOCUMENTS = _code(
    "several-documents",
    "the file holds more than one YAML document",
    "One file is one spec. What differs by stage stands under `stages`.",
    "name: shop\n---\nname: bakery\n",
    "---\nname: shop\n",
)

TOO_DEEP = _code(
    "too-deep",
    "values are nested too deeply",
    "At most 64 levels are read, aliases followed. No spec comes near; a generated file may.",
    f"name: {'[' * 64}{']' * 64}\n",
    f"name: {'[' * 63}{']' * 63}\n",
)

DUPLICATE_KEY = _code(
    "duplicate-key",
    "a key stands twice in one mapping",
    "YAML forbids it, and most readers silently keep the last one: half of what was written would be "
    "lost without a word.",
    "network: {cidr: 10.0.0.0/16}\nname: shop\nnetwork: {nat: single}\n",
    "network: {cidr: 10.0.0.0/16, nat: single}\nname: shop\n",
)

KEY_NOT_A_STRING = _code(
    "key-not-a-string",
    "a key is not text",
    "Keys are names. A number, a truth value, null, a list, a mapping or an alias as a key would be "
    "turned into text in a way that nobody wrote down; quotes make it text.",
    "ports:\n  8080: open\n",
    'ports:\n  "8080": open\n',
)

_SHAPE = (
    YAML_SYNTAX,
    EMPTY_SPEC,
    NOT_A_MAPPING,
    SEVERAL_DOCUMENTS,
    TOO_DEEP,
    DUPLICATE_KEY,
    KEY_NOT_A_STRING,
)

CUSTOM_TAG = _code(
    "custom-tag",
    "a YAML tag stands before a value",
    "A tag such as `!Ref` or `!!python/object` asks the reader to make something else of the value. "
    "A spec is plain data; quotes make text of a number, and CloudFormation functions have no place.",
    "name: !!str 12\n",
    'name: "12"\n',
)

MERGE_KEY = _code(
    "merge-key",
    "'<<' merges one mapping into another",
    "YAML 1.2 has no merge keys, and editors and other tools would read the spec differently. Write the "
    "keys out, or use an alias for a whole value.",
    "small: &small {cpu: 256}\nlarge: {<<: *small, memory: 512}\n",
    "small: &small {cpu: 256}\nother: *small\n",
)

UNKNOWN_ALIAS = _code(
    "unknown-alias",
    "an alias names no anchor above it",
    "`*name` stands for the value that `&name` marks earlier in the file. A text that starts with '*' "
    "needs quotes.",
    "allow: *everyone\n",
    'allow: "*everyone"\n',
)

ALIAS_CYCLE = _code(
    "alias-cycle",
    "an alias stands inside of the value that it names",
    "The value would never end.",
    "name: &name [*name]\n",
    "name: &name [shop]\nother: *name\n",
)

ALIAS_BOMB = _code(
    "alias-bomb",
    "aliases multiply into too many values",
    "A few lines of aliases of aliases stand for millions of values. All values together, aliases "
    "followed, may be 100,000.",
    "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
        for before, name in zip("abcd", "bcde", strict=True)
    ),
    "a: &a [x, x, x]\nb: [*a, *a, *a]\n",
)

NUMBER_OUT_OF_RANGE = _code(
    "number-out-of-range",
    "a number cannot be kept exactly",
    "Integers have at most 64 bits and other numbers are finite, as JSON and CloudFormation hold them. "
    "A long digit string, or a commit id such as 12e4567, is meant as text: put it in quotes.",
    "version: 12e4567\n",
    'version: "12e4567"\n',
)

_YAML = (
    CUSTOM_TAG,
    MERGE_KEY,
    UNKNOWN_ALIAS,
    ALIAS_CYCLE,
    ALIAS_BOMB,
    NUMBER_OUT_OF_RANGE,
)

UNKNOWN_STAGE = _code(
    "unknown-stage",
    "the spec declares no such stage",
    "It appears when --stage names a stage that is not under `stages`.",
)

STAGE_NAME = _code(
    "stage-name",
    "a stage is called what it cannot be",
    "The name of a stage becomes part of DNS names, paths and physical names: a lower-case letter first, "
    "then lower-case letters, digits and hyphens, at most 12 characters.",
    "name: shop\nstages: {Pre_Production: {}}\n",
    "name: shop\nstages: {pre-prod: {}}\n",
)

REMOVES_NOTHING = _code(
    "removes-nothing",
    "a stage removes a key that is not there",
    "`null` under `stages` removes the key from the base. Where the base has no such key, the key is "
    "misspelt or what it removed has gone.",
    "services: {web: {port: 80}}\nstages: {dev: {services: {wbe: null}}}\n",
    "services: {web: {port: 80}}\nstages: {dev: {services: {web: null}}}\n",
)

_STAGES = (
    UNKNOWN_STAGE,
    STAGE_NAME,
    REMOVES_NOTHING,
)

CODES: tuple[Code, ...] = (*_READING, *_SHAPE, *_YAML, *_STAGES)
"""One row per code that this package can raise."""
