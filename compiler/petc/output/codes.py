"""The diagnostic codes of this package, for `petc explain`.

None has an example: no text of a spec can show them, they speak of files beside it.
"""

from __future__ import annotations

from petc.diagnostics import Code, Severity

TORN_FOLDER = Code(
    "torn-folder",
    Severity.ERROR,
    "a stage's folder was left half written",
    "A run of petc was stopped while it replaced files, so it may hold templates of two versions. Nothing "
    "is read or deployed from such a folder. Run petc compile, which writes it whole.",
)

EDITED_FILE = Code(
    "edited-file",
    Severity.ERROR,
    "a generated file is not what petc wrote",
    "The manifest holds the SHA-256 of every file, and this file has another one: it was edited by hand, "
    "merged, or its line ends were converted. What was reviewed would not be what is deployed. Change "
    "the spec and run petc compile; keep line ends with a .gitattributes that says '-text'.",
)

MISSING_FILE = Code(
    "missing-file",
    Severity.ERROR,
    "a generated file is gone",
    "The manifest lists this file and the folder does not hold it. Run petc compile to write it again.",
)

LEFT_OVER_STAGE = Code(
    "left-over-stage",
    Severity.WARNING,
    "a folder of a stage that the spec no longer has",
    "A stage that left the spec may still be deployed, so petc never deletes its templates. `petc compile` "
    "warns, `petc compile --check` fails. Delete the folder when nothing of the stage is deployed.",
)

FOREIGN_FILE = Code(
    "foreign-file",
    Severity.ERROR,
    "a file that petc did not write is among the generated ones",
    "A reviewer approves the folder as a whole, so everything in it comes from the compiler. petc never "
    "deletes a file that it did not write: move it elsewhere. While writing this is a warning only.",
)

NO_MANIFEST = Code(
    "no-manifest",
    Severity.ERROR,
    "a stage's folder has no manifest",
    "The stage was never compiled, or manifest.json was deleted, so it is unknown whether the templates "
    "belong together. Run petc compile.",
)

UNWRITABLE_OUTPUT = Code(
    "unwritable-output",
    Severity.ERROR,
    "the output cannot be written",
    "The folder or a file in it cannot be written: permissions, a read-only file system, a file where "
    "a folder belongs, or a symbolic link, through which petc does not write. Name another folder with "
    "--out, or remove what is in the way.",
)

UNREADABLE_OUTPUT = Code(
    "unreadable-output",
    Severity.ERROR,
    "the output cannot be read",
    "A file or folder of the output cannot be read, so it cannot be compared with its manifest. "
    "Grant yourself the right to read it.",
)

DISK_FULL = Code(
    "disk-full",
    Severity.ERROR,
    "no space is left for the output",
    "The disk, the quota or the limit on file sizes is used up. New files are written beside the old "
    "ones before the first is replaced, so the folder is what it was before. Free some space and run "
    "petc compile again.",
)

STALE_OUTPUT = Code(
    "stale-output",
    Severity.ERROR,
    "the generated files are not what the spec compiles to",
    "petc compile --check compares the folder with what the spec compiles to now. A difference means "
    "that a change of the spec was not compiled. Run petc compile and commit the result.",
)

OTHER_PETC = Code(
    "other-petc",
    Severity.ERROR,
    "another version of petc wrote the folder",
    "The manifest names the version of petc that compiled it. Another version may render the same spec "
    "differently, so petc plan and petc deploy refuse to work with its templates. Run petc compile with the "
    "petc that you deploy with and read what changes, or install the version that is named.",
)

UNRENDERABLE_VALUE = Code(
    "unrenderable-value",
    Severity.ERROR,
    "a value cannot be written in a template",
    "Templates are UTF-8 text: half of a surrogate pair, an infinite number, or a key of more than "
    "1,000 characters has no form there. Write another value.",
)

UNREADABLE_TEMPLATE = Code(
    "unreadable-template",
    Severity.ERROR,
    "a template is not in the form that petc writes",
    "Templates keep to a small subset of YAML, described in docs/template-subset.md, so that "
    "everybody reads the same. A file outside of it was not written by petc. Run petc compile.",
)

ASSET_MISSING = Code(
    "asset-missing",
    Severity.ERROR,
    "a function's folder is missing, empty or unreadable",
    "A function is deployed from a folder of sources; without one Lambda has nothing to run. "
    "Create the folder, or correct the path in the spec, which is relative to the spec's file.",
)

ASSET_UNLOCKED = Code(
    "asset-unlocked",
    Severity.ERROR,
    "a requirement of a function is not locked by hash",
    "The digest of a function covers its requirements.txt, so each line must name exactly one content: "
    "NAME==VERSION and at least one --hash=sha256. Otherwise the same digest could hold other code "
    "tomorrow. Archives by URL or path, repositories, editable folders and other files (-r, -c) are "
    "refused as well: pip runs code of a source archive to learn what it is. pip-compile "
    "--generate-hashes writes such a file.",
)

PACKAGE_MARKER = Code(
    "package-marker",
    Severity.ERROR,
    "a requirement with an environment marker",
    "pip judges a marker by the Python that it runs on, not by the one that the function runs on, so two "
    "machines would pack different things. A lock for one runtime needs no markers.",
)

PACKAGE_OPTION = Code(
    "package-option",
    Severity.ERROR,
    "an option in a lock file that changes what is packed",
    "A lock may name indexes, each on a line of its own, as an HTTPS address without a user (`--index-url`, "
    "`--extra-index-url`). Other options, such as `--no-binary`, `--find-links` or `--config-settings`, "
    "would have pip build sources, which runs them, or take files from this machine. Where wheels are on "
    "this machine, and the credentials of an index, belong in pip's own configuration.",
)

ASSET_NAME = Code(
    "asset-name",
    Severity.ERROR,
    "a file name of a function that is not UTF-8",
    "A zip and its bill of materials write names as UTF-8, and Python imports no module of another name. "
    "Rename the file.",
)

ASSET_SYMLINK = Code(
    "asset-symlink",
    Severity.ERROR,
    "a function's folder holds something that is neither file nor folder",
    "A symbolic link may lead out of the folder, and leads elsewhere on another machine, so the digest "
    "would not say what is deployed. Replace the link by a copy of what it leads to.",
)

CODES: tuple[Code, ...] = (
    TORN_FOLDER,
    EDITED_FILE,
    MISSING_FILE,
    LEFT_OVER_STAGE,
    FOREIGN_FILE,
    NO_MANIFEST,
    UNWRITABLE_OUTPUT,
    UNREADABLE_OUTPUT,
    DISK_FULL,
    STALE_OUTPUT,
    OTHER_PETC,
    UNRENDERABLE_VALUE,
    UNREADABLE_TEMPLATE,
    ASSET_MISSING,
    ASSET_UNLOCKED,
    PACKAGE_MARKER,
    PACKAGE_OPTION,
    ASSET_NAME,
    ASSET_SYMLINK,
)
"""Every code that `petc.output` can raise."""
