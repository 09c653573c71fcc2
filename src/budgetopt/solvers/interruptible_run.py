"""Run HiGHS so that Ctrl-C ends it with the best plan in hand, and nothing that it prints is mixed with data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from budgetopt.solvers.standard_output import descriptor_kept_clean

__all__ = ["patient", "run_at_once", "run_interruptibly"]


def run_at_once(model: Any) -> bool:
    """Run HiGHS in this thread: Ctrl-C waits until it is done. Return that it was not interrupted."""
    with descriptor_kept_clean():
        model.run()
    return False


def run_interruptibly(model: Any) -> bool:
    """Run HiGHS; Ctrl-C asks it to stop, which it does with the best plan in hand. Return whether that happened."""
    if threading.current_thread() is not threading.main_thread():
        return run_at_once(model)
    stop, done = threading.Event(), threading.Event()

    def listen(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    def work() -> None:
        try:
            run_at_once(model)
        finally:
            done.set()

    calls = (model.cbSimplexInterrupt, model.cbIpmInterrupt, model.cbMipInterrupt)
    for call in calls:
        call.subscribe(listen)
    worker = threading.Thread(target=work, daemon=True)
    # Ctrl-C may come at any moment, and more than once; each time HiGHS must finish first. Waiting for an event is
    # safe, while joining a thread is not: interrupted, it takes the thread for ended (Python issue 89437).
    started = False
    try:
        while not done.is_set():
            try:
                if not started:
                    started = True
                    worker.start()
                done.wait(0.1)
            except KeyboardInterrupt:
                stop.set()
                if worker.ident is None:
                    break
    finally:
        for call in calls:
            call.unsubscribe(listen)
    return stop.is_set()


@contextmanager
def patient(model: Any, seconds: float | None, nothing: float) -> Iterator[None]:
    """Have a search stop after some seconds if it has a plan by then; ``nothing`` is its value without a plan."""
    if seconds is None:
        yield
        return

    def listen(event: Any) -> None:
        if event.data_out.running_time >= seconds and abs(event.data_out.mip_primal_bound) < nothing:
            event.interrupt()

    model.cbMipInterrupt.subscribe(listen)
    try:
        yield
    finally:
        model.cbMipInterrupt.unsubscribe(listen)
