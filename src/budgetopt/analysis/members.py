"""Solve many numbered problems: in this process, in several, or on a cluster, with the same results to the last bit.

The members are cut into chunks beforehand, whatever solves them, and each chunk begins with a model of its own, so that
no answer depends on what was solved before it elsewhere. What all members share is sent to a process once.
"""

from __future__ import annotations

import hashlib
import pickle
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit

from budgetopt.analysis.progress_bar import progress_bar
from budgetopt.errors import BudgetoptError, OptionError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["CHUNK", "INTERRUPTED", "FailedMember", "Machines", "Members", "run_members"]

Shared = TypeVar("Shared")
Answer = TypeVar("Answer")
SetUp = Callable[[Shared], Callable[[int], Answer]]
"""What makes the solver of a chunk from what all members share; it and its answers can be pickled."""
Chunk = Sequence[int]
Solved = tuple[int, Any, str]
"""The number of a member, its answer, and why there is none ("" if there is)."""
INTERRUPTED = "interrupted"
"""What tables say of a member that was not solved because the user ended the work."""
CHUNK = 32
"""Members that are solved one after another on one model."""
ATTEMPTS = 3
"""Times that a chunk is begun whose process ends before it is done."""
PATIENCE = 10
"""Seconds in which a cluster must answer."""


@dataclass(frozen=True, slots=True)
class FailedMember:
    """A member without an answer.

    Parameters
    ----------
    number
        Which, from 0.
    reason
        Why it has none.
    """

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Members(Generic[Answer]):
    """What became of many problems.

    Parameters
    ----------
    answers
        The answers by the number of the member, in the order of the numbers.
    failed
        Members that ended without an answer, in the order of the numbers.
    count
        How many were to be solved.
    interrupted
        Whether the user ended it before all were solved.
    """

    answers: Mapping[int, Answer]
    failed: tuple[FailedMember, ...]
    count: int
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Machines:
    """Where many problems are solved.

    Parameters
    ----------
    workers
        Processes on this machine; 1 solves in this one.
    executor
        Any executor of ``concurrent.futures``, which stays open.
    dask
        The address of the scheduler of a Dask cluster: ``tcp://host:8786``.

    Raises
    ------
    OptionError
        If more than one is said, or the number of workers is not positive.
    """

    workers: int = 1
    executor: Executor | None = None
    dask: str | None = None

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise OptionError(f"{self.workers} workers solve nothing", hint="say 1 or more: workers=2, --workers 2")
        if (self.workers > 1) + (self.executor is not None) + (self.dask is not None) > 1:
            raise OptionError("the problems are solved in one place", hint="say workers, an executor or a Dask cluster")


def run_members(
    set_up: SetUp[Shared, Answer],
    shared: Shared,
    count: int,
    *,
    text: str,
    machines: Machines | None = None,
    chunk: int = CHUNK,
) -> Members[Answer]:
    """Solve members 0 to ``count`` - 1 under a progress bar, and keep what there is if the user interrupts.

    A member that raises an error of budgetopt is reported, and the others go on. The answers are the same to the last
    bit on any machines, since the chunks are.

    Parameters
    ----------
    set_up
        Takes ``shared``, and returns a function from the number of a member to its answer. It is called at the
        beginning of each chunk, and again after a member that failed. A function of a module, so that other processes
        find it.
    shared
        What all members need; sent to each process once.
    count
        How many members there are.
    text
        What is said beside the progress bar.
    machines
        Where to solve; this process if left out.
    chunk
        Members in a chunk.

    Raises
    ------
    OptionError
        If a cluster does not answer, or Dask is not installed.
    """
    chunks = [range(begin, min(begin + chunk, count)) for begin in range(0, count, chunk)]
    answers: dict[int, Answer] = {}
    failed: list[FailedMember] = []
    interrupted = False
    try:
        with progress_bar(text) as report:
            for number, answer, reason in _solved(set_up, shared, chunks, machines or Machines()):
                if reason:
                    failed.append(FailedMember(number, reason))
                else:
                    answers[number] = answer
                if report is not None:
                    report(len(answers) + len(failed), count)
    except KeyboardInterrupt:
        interrupted = True
    return Members(
        {number: answers[number] for number in sorted(answers)},
        tuple(sorted(failed, key=lambda member: member.number)),
        count,
        interrupted,
    )


def _solved(
    set_up: SetUp[Shared, Answer], shared: Shared, chunks: Sequence[Chunk], machines: Machines
) -> Iterator[Solved]:
    """Yield every member as it is done."""
    if machines.dask is not None:
        return _on_dask(set_up, shared, chunks, machines.dask)
    if machines.executor is not None:
        submit, sent = machines.executor.submit, _Sent.of(shared)
        return _gathered({submit(_chunk_solved, set_up, sent, chunk): chunk for chunk in chunks})
    if machines.workers > 1 and len(chunks) > 1:
        return _in_processes(set_up, shared, chunks, min(machines.workers, len(chunks)))
    return (member for chunk in chunks for member in _members_of(set_up, shared, chunk))


def _members_of(set_up: SetUp[Shared, Answer], shared: Shared, chunk: Chunk) -> Iterator[Solved]:
    solve = None
    for number in chunk:
        try:
            solve = solve or set_up(shared)
            yield number, solve(number), ""
        except BudgetoptError as error:
            solve = None
            yield number, None, str(error)


def _chunk_solved(set_up: SetUp[Shared, Answer], sent: _Sent, chunk: Chunk) -> list[Solved]:
    return list(_members_of(set_up, sent.value(), chunk))


def _in_processes(
    set_up: SetUp[Shared, Answer], shared: Shared, chunks: Sequence[Chunk], workers: int
) -> Iterator[Solved]:
    """Solve in processes of our own; chunks whose process was killed are begun again in new ones."""
    sent, left = _Sent.of(shared), list(chunks)
    key, others = _Sent(sent.key), set(active_children())
    for attempt in range(1, ATTEMPTS + 1):
        pool = ProcessPoolExecutor(workers, get_context("spawn"), _keep, (sent,))
        try:
            futures = {pool.submit(_chunk_solved, set_up, key, chunk): chunk for chunk in left}
            last = attempt == ATTEMPTS
            for future in as_completed(futures):
                if not last and isinstance(future.exception(), BrokenExecutor):
                    continue
                left.remove(futures[future])
                yield from _of_future(future, futures[future])
        finally:
            pool.shutdown(wait=not left, cancel_futures=True)
            for process in set(active_children()) - others:
                process.terminate()
        if not left:
            return


def _gathered(futures: Mapping[Future[list[Solved]], Chunk]) -> Iterator[Solved]:
    try:
        for future in as_completed(futures):
            yield from _of_future(future, futures[future])
    finally:
        for future in futures:
            future.cancel()


def _of_future(future: Future[list[Solved]], chunk: Chunk) -> Iterable[Solved]:
    """Return the members of a chunk; each with the reason, if its process ended before it was done."""
    error = future.exception()
    if isinstance(error, BrokenExecutor):
        return [(number, None, "the process that solved it ended") for number in chunk]
    return future.result()


def _on_dask(set_up: SetUp[Shared, Answer], shared: Shared, chunks: Sequence[Chunk], address: str) -> Iterator[Solved]:
    """Solve on a Dask cluster. What is shared is the answer of a task: if its worker is lost, the task runs again."""
    client = _client_of(address)
    import distributed

    with client:
        sent = _Sent.of(shared)
        kept = client.submit(_as_sent, sent.key, sent.pickled, key=f"budgetopt-shared-{sent.key}")
        futures = {client.submit(_chunk_solved, set_up, kept, chunk, pure=False): chunk for chunk in chunks}
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                if future.status == "error" and isinstance(future.exception(), distributed.KilledWorker):
                    yield from [(number, None, "the workers that solved it ended") for number in futures[future]]
                else:
                    yield from future.result()
        finally:
            client.cancel(list(futures))


def _client_of(address: str) -> Client:
    try:
        import distributed
    except ImportError:
        hint = "pip install 'budgetopt[dask]'"
        raise OptionError("Dask is not installed here, so no cluster can be used", hint=hint) from None
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        # a client that never reaches its scheduler is noisy when it is thrown away
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE).close()
        return distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise OptionError(
            f"no Dask cluster answers at {address!r}: {reason}",
            hint="say the address of its scheduler, as tcp://host:8786, or leave it out to solve here",
        ) from None


@dataclass(slots=True)
class _Sent:
    """What all members share, on its way to other processes: each unpickles it once, by its key."""

    key: str
    pickled: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, shared: object) -> _Sent:
        pickled = pickle.dumps(shared)
        return cls(hashlib.sha256(pickled).hexdigest(), pickled)

    def value(self) -> Any:
        if (kept := _KEPT.get(self.key)) is not None:
            return kept[0]
        value = pickle.loads(self.pickled)
        _KEPT.clear()
        _KEPT[self.key] = (value,)
        return value


_KEPT: dict[str, tuple[Any]] = {}
"""What this process has unpickled last."""


def _keep(sent: _Sent) -> None:
    """Begin a process: keep what all members share, and leave interruptions to the process that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sent.value()


def _as_sent(key: str, pickled: bytes) -> _Sent:
    return _Sent(key, pickled)
