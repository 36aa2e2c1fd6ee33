"""What one stage compiles to: rendered layers in deployment order, and the manifest that describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from petc.output.folder import StageFolder
from petc.output.manifest import Manifest
from petc.output.reader import read
from petc.source.tree import Json
from petc.verify.rendered import Rendered, View


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The files of a stage's folder, and their manifest."""

    manifest: Manifest
    files: Mapping[str, bytes]

    @classmethod
    def of_folder(cls, folder: StageFolder) -> Artifacts:
        """Return the artifacts that stand in a whole folder."""
        return cls(folder.manifest, folder.files)

    @property
    def view(self) -> View:
        """The templates as the verification sees them: read from the files, anew at each call."""
        return tuple(
            _rendered(layer.name, layer.file, self.files[layer.file].decode())
            for layer in self.manifest.layers
        )


def _rendered(layer: str, file: str, text: str) -> Rendered:
    template = cast("Mapping[str, Json]", read(text, file))
    return Rendered(layer, file, template, len(text.encode()), text)
