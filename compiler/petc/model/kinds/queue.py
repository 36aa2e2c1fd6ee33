"""Queues: standard queues on SQS, sent to and received from by permission, which may invoke functions."""

from __future__ import annotations

from collections.abc import Iterator

from petc.diagnostics import Code, Related, Severity
from petc.model.components import Function, Queue, Service, Use
from petc.model.injected import Injected, SettingReference, upper
from petc.model.kinds.kind import LogicalId, PartKind
from petc.model.parties import Access, Caller, Edge, Party, PartyKind, Role
from petc.model.rules.rule import Case, Found, Rule
from petc.model.types import Stage
from petc.source.suggest import closest

WORD = "queue"
URL = "queue url"
"""What a setting's placeholder stands for: where messages are sent and received."""

RECEIVE = "receive"
POLL = "be invoked by messages"
"""Ways of access that queues alone have: by a part's own calls, and by Lambda's in a function's name."""

TIMEOUTS = 6
"""A message stays hidden for as many timeouts of the function, so that Lambda can repeat a throttled batch.

AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping".
"""

_OF_QUEUES = ("send", "receive")
_DEFAULT_VISIBILITY = 30
"""Amazon SQS API reference, SetQueueAttributes, VisibilityTimeout."""


def triggered(stage: Stage, queue: Queue) -> tuple[Function, ...]:
    """Return the functions that the messages of a queue invoke."""
    return tuple(item for item in stage.functions.values() if item.trigger.queue == queue.name)


def batch_seconds(function: Function) -> int:
    """Return how long Lambda waits for a full batch; it wants a second at least for more than ten messages.

    AWS Lambda API reference, CreateEventSourceMapping, MaximumBatchingWindowInSeconds.
    """
    return function.trigger.batch_seconds or int(function.trigger.batch_size > 10)


def needed_visibility(function: Function) -> int:
    """Return for how long a message must stay hidden while a function handles it, in seconds."""
    return TIMEOUTS * function.timeout_seconds + batch_seconds(function)


def visibility(stage: Stage, queue: Queue) -> int:
    """Return for how long a received message is hidden: as written, or what the functions need."""
    needed = (needed_visibility(function) for function in triggered(stage, queue))
    return queue.visibility_seconds or max(needed, default=_DEFAULT_VISIBILITY)


def _reached(caller: Caller, queue: Queue, use: Use) -> Iterator[Edge]:
    target = Party(WORD, queue.name)
    access = {"send": Access.SEND, "receive": RECEIVE}.get(use.access)
    if access:
        because = caller.because(queue.name)
        yield Edge(caller.party, target, access, use.at, because, role=caller.calls, calls=("sqs",))


def _own(stage: Stage, queue: Queue) -> Iterator[Edge]:
    """Lambda receives in the function's name, outside the function's network interface."""
    for function in triggered(stage, queue):
        me, at = Party(PartyKind.FUNCTION, function.name), f"{function.at}/trigger/queue"
        yield Edge(me, Party(WORD, queue.name), POLL, at, f"{queue.name} invokes it", role=Role.FUNCTION)


def _given(queue: Queue, use: Use) -> Iterator[Injected]:
    yield Injected(
        f"{upper(queue.name)}_URL", "${queue}", use.at, {"queue": SettingReference(URL, queue.name)}
    )


def users(stage: Stage, queue: Queue, *accesses: str) -> tuple[Service | Function, ...]:
    """Return the parts that use a queue, in certain ways or in any."""
    parts: tuple[Service | Function, ...] = (*stage.services.values(), *stage.functions.values())
    return tuple(
        part
        for part in parts
        if queue.name in part.uses and (not accesses or part.uses[queue.name].access in accesses)
    )


def _unknown(case: Case) -> Iterator[Found]:
    queues = case.stage.queues
    for function in case.stage.functions.values():
        name = function.trigger.queue
        if name and name not in queues:
            meant = closest(name, queues)
            way_out = f"did you mean `{meant}`?" if meant else "add it under `queues`, or correct the name"
            yield Found(f"{function.at}/trigger/queue", f"`{name}` is not a queue", way_out)


def _access(case: Case) -> Iterator[Found]:
    stage = case.stage
    uses = [use for part in stage.services.values() for use in part.uses.values()]
    uses += [use for part in stage.functions.values() for use in part.uses.values()]
    for use in uses:
        if use.name in stage.queues and use.access not in _OF_QUEUES:
            message = f"`{use.name}` is a queue, and nothing says whether messages are sent or received"
            yield Found(use.at, message, "write `access: send` or `access: receive`", on_key=True)
        if use.name in stage.buckets and use.access in _OF_QUEUES:
            message = f"`{use.name}` is a bucket, which holds objects and no messages to {use.access}"
            yield Found(f"{use.at}/access", message, "write `read`, `write` or `read-write`")


def _one_ended(case: Case) -> Iterator[Found]:
    stage = case.stage
    for queue in stage.queues.values():
        unsaid = [part for part in users(stage, queue) if part.uses[queue.name].access not in _OF_QUEUES]
        senders = (*unsaid, *users(stage, queue, "send"))
        receivers = (*unsaid, *users(stage, queue, "receive"), *triggered(stage, queue))
        if not receivers:
            message = f"nothing receives from `{queue.name}`, so its messages expire"
            way_out = f"write `trigger: {{queue: {queue.name}}}`, or `access: receive` where a part uses it"
            yield Found(queue.at, message, way_out, on_key=True)
        if not senders:
            message = f"nothing sends to `{queue.name}`"
            yield Found(queue.at, message, "write `access: send` where a part uses it", on_key=True)


def _shared(case: Case) -> Iterator[Found]:
    stage = case.stage
    for queue in stage.queues.values():
        places = [
            *((part.name, part.uses[queue.name].at) for part in users(stage, queue, "receive")),
            *((item.name, f"{item.at}/trigger/queue") for item in triggered(stage, queue)),
        ]
        if len(places) > 1:
            names = " and ".join(name for name, _ in places)
            others = tuple(Related(f"{name} receives here", pointer=at) for name, at in places[1:])
            message = f"each message of `{queue.name}` reaches only one of {names}"
            yield Found(places[0][1], message, "give each of them a queue of its own", others)


def _loops(case: Case) -> Iterator[Found]:
    for function in case.stage.functions.values():
        use = function.uses.get(function.trigger.queue)
        if use and use.access == "send":
            message = f"{function.name} sends to `{use.name}`, whose messages invoke it"
            yield Found(use.at, message, "send to another queue", on_key=True)


def _visibility(case: Case) -> Iterator[Found]:
    for queue in case.stage.queues.values():
        for function in triggered(case.stage, queue):
            needed = needed_visibility(function)
            if 0 < queue.visibility_seconds < needed:
                yield Found(
                    f"{queue.at}/visibility_seconds",
                    f"messages are hidden for {queue.visibility_seconds} s, but {function.name} may need {needed}:"
                    f" {TIMEOUTS} × {function.timeout_seconds} s, and {batch_seconds(function)} s for a batch",
                    "remove `visibility_seconds`; petc derives it",
                    (Related("its timeout", pointer=f"{function.at}/timeout_seconds"),),
                )


def _expiry(case: Case) -> Iterator[Found]:
    for queue in case.stage.queues.values():
        if queue.dead_letter_days < queue.retention_days:
            yield Found(
                f"{queue.at}/dead_letter_days",
                f"dead letters of `{queue.name}` expire {queue.dead_letter_days} days after they were sent, but a"
                f" message may fail as late as day {queue.retention_days}",
                f"write `dead_letter_days: {queue.retention_days}` or more",
            )


def _backlog(case: Case) -> Iterator[Found]:
    stage = case.stage
    for function in stage.functions.values():
        for use in function.uses.values():
            if use.backlog and use.name in stage.queues:
                yield _unscaled(use, "Lambda scales functions itself", "remove `backlog`")
    for service in stage.services.values():
        scaled = [use for use in service.uses.values() if use.backlog and use.name in stage.queues]
        for use in scaled:
            if use.access != "receive":
                yield _unscaled(use, f"{service.name} does not receive from it", "write `access: receive`")
            elif service.scale.min == service.scale.max:
                yield _unscaled(use, f"{service.name} runs a fixed number of tasks", "raise `scale.max`")
            elif service.scale.min == 0:
                yield _unscaled(
                    use, f"{service.name} may run no task to divide by", "write `scale: {min: 1}`"
                )
            elif stage.monitoring.container_insights == "disabled":
                way_out = "write `monitoring: {container_insights: enabled}`"
                yield _unscaled(use, "only Container Insights counts the tasks", way_out)
        for use in scaled[1:]:
            yield _unscaled(use, f"{service.name} scales by `{scaled[0].name}` already", "remove `backlog`")


def _unscaled(use: Use, why: str, way_out: str) -> Found:
    return Found(f"{use.at}/backlog", f"`backlog` cannot scale by `{use.name}`: {why}", way_out, on_key=True)


RULES = (
    Rule(
        Code(
            "unknown-queue",
            Severity.ERROR,
            "a function is triggered by a queue that does not exist",
            "`trigger: {queue: …}` names a queue of the same spec. The message names the nearest.",
            bad="functions: {pack: {source: ../lambda_src/pack, trigger: {queue: order}}}\n",
            good="""\
queues: {order: {}}
services: {orders: {uses: {order: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, trigger: {queue: order}}}
""",
        ),
        _unknown,
    ),
    Rule(
        Code(
            "wrong-access",
            Severity.ERROR,
            "`access` does not fit what is used",
            "A part sends to a queue or receives from it, and has the permissions for that alone, so `access` of "
            "a queue has no default. Objects of a bucket are read and written.",
            bad="""\
queues: {packing: {}}
services: {orders: {uses: {packing: {}}}}
functions: {pack: {source: ../lambda_src/pack, trigger: {queue: packing}}}
""",
            good="""\
queues: {packing: {}}
services: {orders: {uses: {packing: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, trigger: {queue: packing}}}
""",
        ),
        _access,
    ),
    Rule(
        Code(
            "one-ended-queue",
            Severity.WARNING,
            "a queue that nothing sends to or receives from",
            "Messages that nothing receives expire after `retention_days`, unseen. A queue that nothing sends to "
            "stays empty: only parts of the spec may send.",
            bad="queues: {packing: {}}\nservices: {orders: {uses: {packing: {access: send}}}}\n",
            good="""\
queues: {packing: {}}
services: {orders: {uses: {packing: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, trigger: {queue: packing}}}
""",
        ),
        _one_ended,
    ),
    Rule(
        Code(
            "shared-queue",
            Severity.WARNING,
            "several parts receive from one queue",
            "A queue gives each message to one receiver. Tasks of one service share the work that way; different "
            "parts take messages from each other.",
            bad="""\
queues: {packing: {}}
services: {orders: {uses: {packing: {access: send}}}}
functions:
  pack: {source: ../lambda_src/pack, trigger: {queue: packing}}
  bill: {source: ../lambda_src/bill, trigger: {queue: packing}}
""",
            good="""\
queues: {packing: {}, billing: {}}
services: {orders: {uses: {packing: {access: send}, billing: {access: send}}}}
functions:
  pack: {source: ../lambda_src/pack, trigger: {queue: packing}}
  bill: {source: ../lambda_src/bill, trigger: {queue: billing}}
""",
        ),
        _shared,
    ),
    Rule(
        Code(
            "queue-loop",
            Severity.WARNING,
            "a function sends to the queue that invokes it",
            "One message could keep the function running for ever. Lambda stops such a loop after about 16 rounds "
            "where it recognises one, and drops the message. A failed message needs no new one: it is tried again.",
            bad="""\
queues: {packing: {}}
functions:
  pack: {source: ../lambda_src/pack, trigger: {queue: packing}, uses: {packing: {access: send}}}
""",
            good="""\
queues: {packing: {}, shipping: {}}
services: {orders: {uses: {packing: {access: send}}}}
functions:
  pack: {source: ../lambda_src/pack, trigger: {queue: packing}, uses: {shipping: {access: send}}}
  ship: {source: ../lambda_src/ship, trigger: {queue: shipping}}
""",
        ),
        _loops,
    ),
    Rule(
        Code(
            "visibility-too-short",
            Severity.ERROR,
            "messages become visible again while a function handles them",
            "A message that is visible again is handled twice. AWS recommends six times the function's timeout, so "
            "that a throttled batch can be repeated; without `visibility_seconds` petc derives that.",
            bad="""\
queues: {packing: {visibility_seconds: 60}}
services: {orders: {uses: {packing: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, timeout_seconds: 20, trigger: {queue: packing}}}
""",
            good="""\
queues: {packing: {visibility_seconds: 120}}
services: {orders: {uses: {packing: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, timeout_seconds: 20, trigger: {queue: packing}}}
""",
        ),
        _visibility,
    ),
    Rule(
        Code(
            "dead-letters-expire",
            Severity.ERROR,
            "dead letters expire before someone can read them",
            "The dead-letter queue counts days from when a message was first sent. With fewer days than the queue "
            "itself keeps messages, one that fails late is deleted as it arrives.",
            bad="""\
queues: {packing: {retention_days: 7, dead_letter_days: 3}}
services: {orders: {uses: {packing: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, trigger: {queue: packing}}}
""",
            good="""\
queues: {packing: {retention_days: 7, dead_letter_days: 10}}
services: {orders: {uses: {packing: {access: send}}}}
functions: {pack: {source: ../lambda_src/pack, trigger: {queue: packing}}}
""",
        ),
        _expiry,
    ),
    Rule(
        Code(
            "backlog-without-scaling",
            Severity.ERROR,
            "`backlog` that cannot scale anything",
            "`backlog` adds tasks to a service when more messages wait for each running task. That takes a service "
            "that receives, a range of tasks from 1 on, and Container Insights, which counts the tasks.",
            bad="""\
queues: {packing: {}}
services: {orders: {scale: {min: 1, max: 1}, uses: {packing: {access: receive, backlog: 50}}}}
functions: {sell: {source: ../lambda_src/sell, route: /api/sell, uses: {packing: {access: send}}}}
""",
            good="""\
queues: {packing: {}}
services: {orders: {scale: {min: 1, max: 4}, uses: {packing: {access: receive, backlog: 50}}}}
functions: {sell: {source: ../lambda_src/sell, route: /api/sell, uses: {packing: {access: send}}}}
""",
        ),
        _backlog,
    ),
)

KIND = PartKind(
    WORD,
    "queues",
    Queue,
    reached=_reached,
    own=_own,
    given=_given,
    holds=("AWS::SQS::Queue",),
    options=("access", "backlog"),
    ids=(
        LogicalId("database", "Queue"),
        LogicalId("database", "QueuePolicy"),
        LogicalId("database", "DeadLetters"),
        LogicalId("database", "DeadLettersPolicy"),
    ),
    rules=RULES,
)
