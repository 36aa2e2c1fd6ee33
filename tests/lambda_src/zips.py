"""The functions as they are deployed: the zips of the reference spec, unpacked as Lambda does."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from petc.cli.request import request
from petc.deploy.package.package import packed, sources
from petc.pipeline import judged_with_sources

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A function's folder in its environment, and how large its zip is in bytes."""

    name: str
    folder: Path
    size: int


def unpacked(into: Path) -> dict[str, Unpacked]:
    """Pack every function of the reference spec and unpack it, by the name of its folder.

    Wheels are kept where `petc package` keeps them, so that an index is asked once.
    """
    asked = request(ROOT / "spec" / "petclinic.yaml", DAY, stages=("dev",), out=ROOT / "generated")
    stage = judged_with_sources(asked).judged[0].stage
    found = {}
    for source in sources(stage, ROOT / "spec"):
        content = packed(source, ROOT / ".petc" / "wheels").content
        folder = into / source.folder.name
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            archive.extractall(folder)
        found[source.folder.name] = Unpacked(source.folder.name, folder, len(content))
    return found
