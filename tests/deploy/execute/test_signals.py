"""Signals as interrupts."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from petc.deploy.execute import signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_a_process_is_an_interrupt_inside(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt, match=number.name), signals.as_interrupts():
        os.kill(os.getpid(), number)


def test_what_was_set_before_is_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGHUP)

    with signals.as_interrupts():
        inside = signal.getsignal(signal.SIGHUP)

    assert inside is not before
    assert signal.getsignal(signal.SIGHUP) is before


def test_under_nohup_a_closed_terminal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.as_interrupts():
            os.kill(os.getpid(), signal.SIGHUP)
            kept = signal.getsignal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert kept is signal.SIG_IGN


def test_another_thread_than_the_first_changes_nothing() -> None:
    seen = []

    def inside() -> None:
        with signals.as_interrupts():
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()

    assert seen == [before]
