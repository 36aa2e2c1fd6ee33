"""Wheels made by hand in a folder that pip takes for its index, so that tests need no network."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from petc.output.manifest import digest


@dataclass(frozen=True, slots=True)
class Wheelhouse:
    folder: Path

    def add(
        self,
        name: str,
        version: str = "1.0",
        files: Mapping[str, str] | None = None,
        *,
        tag: str = "py3-none-any",
        license_field: str = "License-Expression: MIT",
    ) -> str:
        """Make a wheel and return its line for a lock file."""
        content = wheel(name, version, files or {f"{name}/__init__.py": "x = 1\n"}, license_field)
        (self.folder / f"{name}-{version}-{tag}.whl").write_bytes(content)
        return f"{name}=={version} --hash=sha256:{digest(content)}"


def wheel(name: str, version: str, files: Mapping[str, str], license_field: str) -> bytes:
    """Return the bytes of a wheel with these files besides its records."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{license_field}\n\nAbout it.\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return stream.getvalue()
