"""The bill of materials of a package, in CycloneDX's JSON."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable

from petc.deploy.package.wheel_contents import Wheel
from petc.output.manifest import digest
from petc.source.tree import Json

SUFFIX = ".cdx.json"
"""How the file's name ends; CycloneDX, "Recognized file patterns"."""

_VERSION = "1.6"
_EXPRESSION = re.compile(r"[A-Za-z0-9.+() -]+")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://cyclonedx.org/")


def bill(function: str, package: bytes, wheels: Iterable[Wheel]) -> bytes:
    """Return the bill: the function, and each distribution in it with version, licence and hash.

    CycloneDX 1.6, JSON reference. It bears no time, and its serial number follows from the package, so that
    the same package has the same bill.
    """
    found = sorted(wheels, key=lambda wheel: (wheel.name.lower(), wheel.version))
    sha256 = digest(package)
    dependencies: list[Json] = [{"ref": function, "dependsOn": [_purl(wheel) for wheel in found]}]
    dependencies += [{"ref": _purl(wheel)} for wheel in found]
    subject: dict[str, Json] = {
        "type": "application",
        "bom-ref": function,
        "name": function,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }
    made: dict[str, Json] = {
        "bomFormat": "CycloneDX",
        "specVersion": _VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{function} {sha256}')}",
        "version": 1,
        "metadata": {"component": subject},
        "components": [_component(wheel) for wheel in found],
        "dependencies": dependencies,
    }
    return (json.dumps(made, indent=2, sort_keys=True) + "\n").encode("ascii")


def _component(wheel: Wheel) -> dict[str, Json]:
    made: dict[str, Json] = {
        "type": "library",
        "bom-ref": _purl(wheel),
        "name": wheel.name,
        "version": wheel.version,
        "purl": _purl(wheel),
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
    }
    if wheel.license:
        # What older projects write is free text, and only an SPDX expression may be called one.
        spdx = wheel.is_expression and _EXPRESSION.fullmatch(wheel.license)
        made["licenses"] = [
            {"expression": wheel.license} if spdx else {"license": {"name": wheel.license[:200]}}
        ]
    return made


def _purl(wheel: Wheel) -> str:
    """Return the package URL; purl specification, type `pypi`: lower case, and dashes for underscores."""
    return f"pkg:pypi/{wheel.name.lower().replace('_', '-')}@{wheel.version}"
