"""Ask a local AWS for faults, and for what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from petc.local.admin_request import ask


@dataclass(frozen=True, slots=True)
class Faults:
    """The administration of the server at an endpoint URL.

    Texts that name a resource or a call are patterns with `*` and `?`. Each fault holds `times` times, 0 for
    ever, after `skip` passed unharmed. Methods raise `ValueError` with what the server refuses, and `OSError`
    when it does not answer.
    """

    endpoint: str

    def fail(
        self,
        *,
        logical_id: str,
        stack: str = "*",
        on: tuple[str, ...] = ("create", "update", "delete"),
        reason: str = "made to fail by a test",
        account: str = "*",
        region: str = "*",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Let a resource fail with a status reason; `on` holds `create`, `update`, `delete`."""
        place = {
            "logical_id": logical_id,
            "stack": stack,
            "on": list(on),
            "account": account,
            "region": region,
        }
        self._add({"kind": "fail", "reason": reason, "skip": skip, "times": times, **place})

    def stall(
        self,
        *,
        logical_id: str,
        seconds: float,
        stack: str = "*",
        on: tuple[str, ...] = ("create", "update", "delete"),
        account: str = "*",
        region: str = "*",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Let a resource take longer."""
        place = {
            "logical_id": logical_id,
            "stack": stack,
            "on": list(on),
            "account": account,
            "region": region,
        }
        self._add({"kind": "stall", "seconds": seconds, "skip": skip, "times": times, **place})

    def throttle(
        self,
        *,
        action: str = "*",
        service: str = "*",
        account: str = "*",
        region: str = "*",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Answer calls as the service does that is called too often."""
        self._add({"kind": "throttle", **_calls(service, action, account, region, skip, times)})

    def error(
        self,
        code: str,
        message: str = "made to fail by a test",
        *,
        status: int = 400,
        action: str = "*",
        service: str = "*",
        account: str = "*",
        region: str = "*",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Answer calls with an error of AWS, such as `ExpiredToken`, in the form of the service's protocol."""
        answer = {"code": code, "message": message, "status": status}
        self._add({"kind": "error", **answer, **_calls(service, action, account, region, skip, times)})

    def drop(
        self,
        *,
        after: bool = False,
        action: str = "*",
        service: str = "*",
        account: str = "*",
        region: str = "*",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Close the connection before the call is done, or, with `after`, when it is done and not yet answered."""
        self._add({"kind": "drop", "after": after, **_calls(service, action, account, region, skip, times)})

    def delay(
        self,
        seconds: float,
        *,
        after: bool = False,
        action: str = "*",
        service: str = "*",
        account: str = "*",
        region: str = "*",
        skip: int = 0,
        times: int = 1,
    ) -> None:
        """Let calls wait before they are done, or, with `after`, let their answers wait."""
        call = _calls(service, action, account, region, skip, times)
        self._add({"kind": "delay", "seconds": seconds, "after": after, **call})

    def rules(self) -> tuple[dict[str, object], ...]:
        """Return the rules in force; `met` and `fired` say how often."""
        rules = self._ask("GET", "faults")["rules"]
        assert isinstance(rules, list)
        return tuple(rules)

    def fired(self) -> int:
        """Return how often the rules in force fired, all together."""
        return sum(int(str(rule["fired"])) for rule in self.rules())

    def clear(self) -> None:
        """Take all rules away."""
        self._ask("DELETE", "faults")

    def calls(self) -> dict[str, int]:
        """Return how often each call was made since the last `forget_calls`, by `service:Action`."""
        calls = self._ask("GET", "calls")["calls"]
        assert isinstance(calls, dict)
        return calls

    def forget_calls(self) -> None:
        """Count calls from zero."""
        self._ask("DELETE", "calls")

    def pace(self, stack_set: str, seconds: float) -> None:
        """Let each instance of the stack sets of a name, which is a pattern, take longer; 0 takes it back."""
        self._ask("POST", "pace", {"stack_set": stack_set, "seconds": seconds})

    def clear_pace(self) -> None:
        """Let stack instances take the time that they take."""
        self._ask("DELETE", "pace")

    def simulate(
        self,
        stack_set: str,
        *,
        account: str,
        region: str,
        accounts: Sequence[str],
        regions: Sequence[str],
        parameters: Mapping[str, Mapping[str, str]] | None = None,
    ) -> int:
        """Give the administrator's stack set instances without stacks behind them; return how many are new.

        `parameters` overrides by region. From then on the server saves nothing: a simulation is not kept.
        """
        targets = {"accounts": list(accounts), "regions": list(regions)}
        overrides = {name: dict(values) for name, values in (parameters or {}).items()}
        place = {"stack_set": stack_set, "account": account, "region": region}
        return int(str(self._ask("POST", "simulate", {**place, **targets, "parameters": overrides})["made"]))

    def reset(self) -> None:
        """Let the server forget all that was deployed, of every account; rules and counts stay."""
        self._ask("POST", "reset")

    def add_account(self, management: str, account: str, parent: str | None = None) -> None:
        """Put an account of a chosen number into an organization, below a unit or the root."""
        self._ask("POST", "accounts", {"management": management, "account": account, "parent": parent})

    def _add(self, rule: dict[str, object]) -> None:
        self._ask("POST", "faults", rule)

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        return ask(self.endpoint, method, path, body)


def _calls(service: str, action: str, account: str, region: str, skip: int, times: int) -> dict[str, object]:
    place = {"service": service, "action": action, "account": account, "region": region}
    return {**place, "skip": skip, "times": times}
