"""Write the joined view of a stage's folder as one template: `python -m bench.joined FOLDER FILE`.

A program of its own, because a process that imports petc would show in the peak memory of all that it starts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from petc.artifacts import Artifacts
from petc.output.folder import read_stage
from petc.output.render import render
from petc.verify.join import joined

if __name__ == "__main__":
    folder, file = map(Path, sys.argv[1:])
    view = Artifacts.of_folder(read_stage(folder)).view
    file.write_text(render(joined(view).template), "utf-8")
