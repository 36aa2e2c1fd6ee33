"""Whether the templates of a stage fit together: exports, imports and references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from petc.diagnostics import Code, Diagnostic, Related
from petc.verify import codes, values
from petc.verify.rendered import Json, Path, Rendered, Resource, View, function, mapping, sequence, walk
from petc.verify.values import Index


def check(view: View) -> Iterator[Diagnostic]:
    """Yield what keeps the templates from being deployed in their order.

    Codes: `computed-name`, `duplicate-export`, `unlinked-import`, `import-order`, `import-cycle`,
    `dangling-reference`.
    """
    known = values.index(view)
    yield from _exports(view)
    for position, rendered in enumerate(view):
        yield from _imports(view, known, position, rendered)
        yield from _references(known, position, rendered)
    yield from _cycles(view, known)


def unused_exports(view: View) -> tuple[str, ...]:
    """Return the names of the exports that no layer imports, in deployment order.

    Not a finding: which consumers exist is the spec's choice, and an export without one does no harm
    beyond a name. Values for people belong into outputs without `Export`.
    """
    wanted = {name for rendered in view for _, name in _imported(rendered) if isinstance(name, str)}
    return tuple(item.name for item in values.all_exports(view) if item.name not in wanted)


def _exports(view: View) -> Iterator[Diagnostic]:
    for rendered in view:
        for output, body in rendered.section("Outputs").items():
            export = mapping(body).get("Export")
            if export is not None and not isinstance(mapping(export).get("Name"), str):
                yield _finding(
                    codes.COMPUTED_NAME,
                    f"output {output!r} computes its export name, which only the deployment can resolve",
                    artifact=f"{rendered.file}:{output}",
                    way_out="write the export name as plain text",
                )
    first: dict[str, str] = {}
    for item in values.all_exports(view):
        place = f"{item.file}:{item.output}"
        if item.name in first:
            yield _finding(
                codes.DUPLICATE_EXPORT,
                f"export {item.name!r} of {place} is already made by {first[item.name]}, "
                "and a name may be exported once in an account and region",
                artifact=place,
            )
        first.setdefault(item.name, place)


def _imports(view: View, known: Index, position: int, rendered: Rendered) -> Iterator[Diagnostic]:
    names = tuple(known.exports)
    for path, name in _imported(rendered):
        artifact, pointer = _place(known, position, rendered, path)
        if not isinstance(name, str):
            yield _finding(
                codes.COMPUTED_NAME,
                f"{artifact} computes the name that it imports, which no check can follow",
                artifact,
                pointer,
                "write the export name as plain text",
            )
            continue
        export = known.exports.get(name)
        if export is None:
            near = _nearest(name, names)
            yield _finding(
                codes.UNLINKED_IMPORT,
                f"{artifact} imports {name!r}, which no layer exports",
                artifact,
                pointer,
                f"the nearest export is {near!r}" if near else "",
            )
        elif export.position >= position:
            same = export.position == position
            yield _finding(
                codes.IMPORT_ORDER,
                f"{artifact} imports {name!r} of {export.file}, "
                + ("the same template" if same else "which is deployed later"),
                artifact,
                pointer,
                "refer to the resource with Ref or GetAtt" if same else "deploy the exporting layer first",
                (Related(f"exported by output {export.output!r} of {view[export.position].file}"),),
            )


def _references(known: Index, position: int, rendered: Rendered) -> Iterator[Diagnostic]:
    for path, value in walk(dict(rendered.template)):
        for name in _names(value):
            logical_id = name.partition(".")[0]
            if logical_id.startswith("AWS::") or (position, logical_id) in known.resources:
                continue
            if "." not in name and (position, name) in known.parameters:
                continue
            artifact, pointer = _place(known, position, rendered, path)
            yield _finding(
                codes.DANGLING_REFERENCE,
                f"{artifact} refers to {name!r}, which {rendered.file} does not define",
                artifact,
                pointer,
            )


def _names(value: Json) -> tuple[str, ...]:
    call = function(value)
    if call is None:
        return ()
    name, argument = call
    if name == "Ref":
        return (argument,) if isinstance(argument, str) else ()
    if name == "Fn::GetAtt":
        return (".".join(values.attribute_of(argument)),)
    if name == "Fn::Sub":
        parts = sequence(argument)
        own = mapping(parts[1]) if len(parts) > 1 else {}
        return tuple(item for item in values.references(parts[0] if parts else argument) if item not in own)
    return ()


def _cycles(view: View, known: Index) -> Iterator[Diagnostic]:
    needs: Mapping[int, tuple[int, ...]] = {
        position: tuple(
            sorted(
                {
                    known.exports[name].position
                    for _, name in _imported(rendered)
                    if isinstance(name, str) and name in known.exports
                }
            )
        )
        for position, rendered in enumerate(view)
    }
    done: set[int] = set()

    def circle(position: int, trail: tuple[int, ...]) -> tuple[int, ...]:
        if position in trail:
            return trail[trail.index(position) :]
        if position in done:
            return ()
        for other in needs[position]:
            if other != position and (found := circle(other, (*trail, position))):
                return found
        done.add(position)
        return ()

    for position in needs:
        if found := circle(position, ()):
            files = [view[item].file for item in found]
            yield _finding(
                codes.IMPORT_CYCLE,
                f"{' imports from '.join([*files, files[0]])}, so none of them can be deployed first",
                artifact=files[0],
            )
            return


def _imported(rendered: Rendered) -> Iterator[tuple[Path, Json]]:
    for path, value in walk(dict(rendered.template)):
        call = function(value)
        if call is not None and call[0] == "Fn::ImportValue":
            yield path, call[1]


def _place(known: Index, position: int, rendered: Rendered, path: Path) -> tuple[str, str | None]:
    """Return artifact name and spec pointer of the resource or output that holds the path."""
    if len(path) < 2:
        return rendered.file, None
    name = str(path[1])
    found: Resource | None = known.resources.get((position, name)) if path[0] == "Resources" else None
    return f"{rendered.file}:{name}", found.pointer if found else None


def _nearest(name: str, names: tuple[str, ...]) -> str:
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.6)), "")


def _finding(
    code: Code,
    message: str,
    artifact: str,
    pointer: str | None = None,
    way_out: str = "",
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    return code.diagnostic(message, pointer=pointer, help=way_out, related=related, artifact=artifact)
