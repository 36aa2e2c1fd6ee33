"""Whether each alarm watches something that exists and publishes what the alarm waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from petc.diagnostics import Code, Diagnostic
from petc.verify import codes, metrics, values
from petc.verify.rendered import Json, Resource, View, mapping, sequence
from petc.verify.values import Index


def check(view: View) -> Iterator[Diagnostic]:
    """Yield `alarm-dimension` and `alarm-namespace` findings for the alarms of a view.

    Namespaces of the application itself, and AWS's namespaces that `petc.verify.metrics` does not list,
    are not judged.
    """
    known = values.index(view)
    for resource in known.resources.values():
        if resource.type == "AWS::CloudWatch::Alarm":
            for metric in _metrics(resource.properties):
                yield from _metric(known, resource, metric)


def _metrics(properties: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    if "Namespace" in properties:
        yield properties
    for query in sequence(properties.get("Metrics")):
        metric = mapping(mapping(query).get("MetricStat")).get("Metric")
        if metric is not None:
            yield mapping(metric)


def _metric(known: Index, alarm: Resource, metric: Mapping[str, Json]) -> Iterator[Diagnostic]:
    name = metric.get("Namespace")
    if not isinstance(name, str):
        return
    namespace = metrics.NAMESPACES.get(name)
    if namespace is None:
        miscased = [item for item in metrics.NAMESPACES if item.lower() == name.lower()]
        if miscased:
            yield _finding(
                codes.ALARM_NAMESPACE,
                alarm,
                f"{alarm.artifact} watches namespace {name!r}, which AWS writes {miscased[0]!r}",
            )
        return
    dimensions = {
        str(mapping(item).get("Name")): mapping(item).get("Value")
        for item in sequence(metric.get("Dimensions"))
    }
    if frozenset(dimensions) not in namespace.combinations:
        yield _finding(
            codes.ALARM_DIMENSION,
            alarm,
            f"{alarm.artifact} watches {name} by {_words(frozenset(dimensions))}, "
            "under which AWS publishes nothing",
            "one of these sets: " + "; ".join(_words(item) for item in namespace.combinations),
        )
        return
    for dimension, value in dimensions.items():
        yield from _dimension(known, alarm, f"{name} {dimension}", value, namespace.sources.get(dimension))
        words = metrics.LITERALS.get(dimension)
        if words is not None and isinstance(value, str) and value not in words:
            yield _finding(
                codes.ALARM_DIMENSION,
                alarm,
                f"{alarm.artifact} watches {dimension} {value!r}, none of {', '.join(sorted(words))}",
            )


def _dimension(
    known: Index, alarm: Resource, label: str, value: Json, source: metrics.MetricSource | None
) -> Iterator[Diagnostic]:
    if source is None:
        return
    found = values.target(known, alarm.position, value)
    if found is not None:
        resource, attribute = found
        if resource.type == source.type and attribute in source.attributes:
            return
    spelled = values.spelled(known, alarm.position, value)
    if spelled in _identities(known, source):
        return
    if found is None and spelled.startswith("{") and spelled.endswith("}") and "/" in spelled:
        return  # a template parameter or an import from outside: known at deployment only
    wanted = " or ".join(item or "Ref" for item in source.attributes)
    if found is not None and found[0].type != source.type:
        problem = f"{label} is taken from {found[0].artifact}, which is of type {found[0].type}"
    elif found is not None:
        problem = (
            f"{label} is {found[1] or 'the Ref'} of {found[0].artifact}, which is not what AWS publishes"
        )
    else:
        problem = f"{label} is {spelled!r}, which no {source.type} of the stage is called"
    yield _finding(
        codes.ALARM_DIMENSION,
        alarm,
        f"{alarm.artifact}: {problem}",
        f"the value must be {wanted} of an {source.type}",
    )


def _identities(known: Index, source: metrics.MetricSource) -> frozenset[str]:
    """Return how the resources of a type may be spelled in the dimension."""
    found: set[str] = set()
    for resource in known.resources.values():
        if resource.type != source.type:
            continue
        for attribute in source.attributes:
            if attribute in resource.properties:
                found.add(values.spelled(known, resource.position, resource.properties[attribute]))
            reference: Json = (
                {"Fn::GetAtt": [resource.logical_id, attribute]}
                if attribute
                else {"Ref": resource.logical_id}
            )
            found.add(values.spelled(known, resource.position, reference))
    return frozenset(found)


def _words(names: frozenset[str]) -> str:
    return " and ".join(sorted(names)) or "no dimension"


def _finding(code: Code, alarm: Resource, message: str, way_out: str = "") -> Diagnostic:
    return code.diagnostic(message, pointer=alarm.pointer, help=way_out, artifact=alarm.artifact)
