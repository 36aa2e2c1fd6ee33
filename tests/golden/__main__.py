"""`python -m tests.golden --write` rewrites the golden folders, generated/ of the reference spec, and generated pages.

With `--consoles` the blocks of README.md that show a terminal are run and rewritten too, which takes minutes.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from petc.artifacts import Artifacts
from petc.cli.commands import schema
from petc.output.folder import read_stage
from petc.pipeline import Outcome, Request, compile_spec
from petc.verify.rendered import resources
from tests.golden import console, language, rules

HOME = Path(__file__).parent
ROOT = HOME.parents[1]
TODAY = date(2026, 11, 23)

PAGES = {
    "docs/language.md": language.page,
    "docs/rules.md": rules.page,
    "schemas/petc.schema.json": schema.text,
}
"""Files that are written from the schema and the codes."""
CONSOLES = ("README.md",)
"""Documents whose console blocks are run."""


def specs() -> tuple[Path, ...]:
    """Return the golden specs, without the reference spec."""
    return tuple(sorted(HOME.glob("*/spec/spec.yaml")))


def out_of(spec: Path) -> Path:
    """Return the folder of a spec's golden files."""
    return spec.parents[1] / "generated"


def compiled(spec: Path, out: Path, *, lint: bool, cache: Path | None = None, check: bool = False) -> Outcome:
    """Compile a spec as the command does."""
    shown = str(spec.relative_to(ROOT))
    return compile_spec(Request(spec, shown, TODAY, out=out, lint=lint, cache=cache, check=check))


def logical_ids(out: Path) -> str:
    """Return every resource of a folder of stages: stage, layer, logical id, type; one a line, sorted."""
    lines = [
        f"{folder.name}  {resource.layer}  {resource.logical_id}  {resource.type}"
        for folder in out.iterdir()
        if folder.is_dir()
        for resource in resources(Artifacts.of_folder(read_stage(folder)).view)
    ]
    return "\n".join(sorted(lines)) + "\n"


def pages(*, consoles: bool) -> dict[str, str]:
    """Return every generated page and, with `consoles`, every document with what its commands print today."""
    made = {name: page() for name, page in PAGES.items()}
    if not consoles:
        return made
    with TemporaryDirectory() as folder:
        home = console.project(Path(folder))
        return made | {name: console.rewritten((ROOT / name).read_text("utf-8"), home) for name in CONSOLES}


def main(arguments: list[str]) -> int:
    """Write, or say what would differ; the exit status is 1 when a spec does not compile or differs."""
    write = "--write" in arguments
    status = 0
    places = [(spec, out_of(spec)) for spec in specs()]
    places.append((ROOT / "spec" / "petclinic.yaml", ROOT / "generated"))
    for spec, out in places:
        outcome = compiled(spec, out, lint=False, check=not write)
        for item in outcome.diagnostics:
            print(f"{item.location or spec}: {item.severity.value}[{item.code}]: {item.message}")
        for path in outcome.changed:
            print(f"written: {out.relative_to(ROOT)}/{path}")
        status |= outcome.failed
        if write and not outcome.failed:
            ids = (
                HOME / "petclinic-ids.txt"
                if spec.name == "petclinic.yaml"
                else out.parent / "logical-ids.txt"
            )
            ids.write_text(logical_ids(out), "utf-8")
    if status:
        return status
    for name, text in pages(consoles="--consoles" in arguments).items():
        if (ROOT / name).read_text("utf-8") != text:
            print(f"{'written' if write else 'stale'}: {name}")
            status |= not write
            if write:
                (ROOT / name).write_text(text, "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
