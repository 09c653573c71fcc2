"""Chunks on processes and on a cluster: what is begun again, told and ended, on machines that run at once."""

from __future__ import annotations

import pickle
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

import budgetopt as bo
from budgetopt.analysis import members
from budgetopt.analysis.members import FailedMember, Machines, run_members

SHARED = 100


def squares(shared: int) -> Callable[[int], int]:
    """Return what adds the square of a number to what is shared."""
    return lambda number: shared + number * number


class Machine:
    """Processes that run a chunk as soon as it comes; some end while they work on the chunk that begins with 2."""

    breaks = 0
    """How many processes in turn end."""
    made: list[Machine]

    def __init__(self, workers: int, context: Any, begin: Callable[[Any], None], given: tuple[Any, ...]) -> None:
        assert context.get_start_method() == "spawn"
        assert begin is members._keep
        self.workers, self.chunks, self.ended = workers, list[range](), list[dict[str, bool]]()
        self.sent = given[0]
        members._KEPT.clear()
        self.sent.value()
        Machine.made.append(self)

    def submit(self, solve: Callable[..., Any], set_up: Any, key: Any, chunk: range) -> Future[Any]:
        future: Future[Any] = Future()
        self.chunks.append(chunk)
        if chunk[0] == 2 and len(Machine.made) <= Machine.breaks:
            future.set_exception(BrokenExecutor("killed"))
            return future
        # what all members share is sent once to each process, and by its key alone with each chunk
        assert key.pickled == b""
        assert pickle.loads(self.sent.pickled) == SHARED
        future.set_result(solve(set_up, key, chunk))
        return future

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
        self.ended.append({"wait": wait, "cancel": cancel_futures})


class Process:
    """A process that can be ended."""

    def __init__(self) -> None:
        self.terminated = 0

    def terminate(self) -> None:
        self.terminated += 1


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """Put machines that run at once in the place of processes, beside one process of somebody else."""
    monkeypatch.setattr(members, "ProcessPoolExecutor", Machine)
    Machine.made, Machine.breaks = [], 0
    stranger, ours = Process(), Process()
    monkeypatch.setattr(members, "active_children", lambda: [stranger, ours] if Machine.made else [stranger])
    return [stranger, ours]


def on_workers(count: int, workers: int, chunk: int = 2) -> members.Members[int]:
    return run_members(squares, SHARED, count, text="", machines=Machines(workers=workers), chunk=chunk)


def test_no_more_processes_are_begun_than_there_are_chunks(children: list[Process]) -> None:
    found = on_workers(5, 9)
    assert found.answers == {0: 100, 1: 101, 2: 104, 3: 109, 4: 116}
    (machine,) = Machine.made
    assert machine.workers == 3
    assert machine.chunks == [range(2), range(2, 4), range(4, 5)]
    assert machine.ended == [{"wait": True, "cancel": True}]
    # what others have begun goes on
    assert [child.terminated for child in children] == [0, 1]


@pytest.mark.usefixtures("children")
@pytest.mark.parametrize(("count", "workers"), [(2, 4), (5, 1)])
def test_one_chunk_or_one_worker_needs_no_process(count: int, workers: int) -> None:
    assert on_workers(count, workers).answers == {at: 100 + at * at for at in range(count)}
    assert not Machine.made


def test_a_chunk_whose_process_ended_is_begun_again_alone(children: list[Process]) -> None:
    Machine.breaks = 2
    found = on_workers(6, 2)
    assert found.answers == {at: 100 + at * at for at in range(6)}
    assert found.failed == ()
    assert [machine.chunks for machine in Machine.made] == [
        [range(2), range(2, 4), range(4, 6)],
        [range(2, 4)],
        [range(2, 4)],
    ]
    # nobody waits for a machine of which a process has ended
    assert [machine.ended[0]["wait"] for machine in Machine.made] == [False, False, True]
    assert children[1].terminated == 3


@pytest.mark.usefixtures("children")
def test_after_three_times_the_members_of_a_chunk_are_reported() -> None:
    Machine.breaks = 9
    found = on_workers(5, 2)
    reason = "the process that solved it ended"
    assert found.failed == (FailedMember(2, reason), FailedMember(3, reason))
    assert found.answers == {0: 100, 1: 101, 4: 116}
    assert len(Machine.made) == 3


def test_a_process_keeps_what_is_shared_and_leaves_interruptions_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: list[tuple[Any, Any]] = []
    monkeypatch.setattr(members.signal, "signal", lambda *given: handlers.append(given))
    monkeypatch.setattr(members, "_KEPT", {})
    sent = members._Sent.of([1, 2])
    assert sent.key == members._Sent.of([1, 2]).key != members._Sent.of([1, 3]).key
    members._keep(sent)
    assert handlers == [(signal.SIGINT, signal.SIG_IGN)]
    # it is unpickled once, and what was kept before is forgotten
    kept = members._Sent(sent.key).value()
    assert kept == [1, 2]
    assert members._Sent(sent.key).value() is kept
    assert members._Sent.of("other").value() == "other"
    assert list(members._KEPT) == [members._Sent.of("other").key]


def test_an_executor_that_breaks_leaves_its_members_without_answers() -> None:
    with ThreadPoolExecutor(1) as pool:

        def set_up(shared: int) -> Callable[[int], int]:
            def solve(number: int) -> int:
                if number == 2:
                    raise BrokenExecutor("gone")
                return shared + number

            return solve

        found = run_members(set_up, 5, 6, text="", machines=Machines(executor=pool), chunk=2)
    assert found.answers == {0: 5, 1: 6, 4: 9, 5: 10}
    assert [member.number for member in found.failed] == [2, 3]


def test_after_an_error_nothing_more_is_begun() -> None:
    futures: list[Future[Any]] = []

    class Queue:
        """An executor that ends with an error on the first chunk, and begins no other one."""

        def submit(self, *_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            futures.append(future)
            if len(futures) == 1:
                future.set_exception(ZeroDivisionError("a mistake"))
            return future

    machines = Machines(executor=Queue())  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        run_members(squares, SHARED, 6, text="", machines=machines, chunk=2)
    assert [future.cancelled() for future in futures] == [False, True, True]


def test_after_a_failure_a_chunk_goes_on_with_a_new_model(monkeypatch: pytest.MonkeyPatch) -> None:
    made, told = Counter[str](), list[tuple[int, int]]()

    @contextmanager
    def bar(_: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, count: told.append((done, count))

    monkeypatch.setattr(members, "progress_bar", bar)

    def set_up(_: None) -> Callable[[int], int]:
        made["models"] += 1
        mine = made["models"]

        def solve(number: int) -> int:
            if number in (1, 4):
                raise bo.SolverError("no luck")
            return 10 * mine + number

        return solve

    found = run_members(set_up, None, 6, text="", chunk=4)
    # members 0 to 3 on two models, since 1 fails; 4 and 5 on two more
    assert found.answers == {0: 10, 2: 22, 3: 23, 5: 45}
    assert found.failed == (FailedMember(1, "no luck"), FailedMember(4, "no luck"))
    # who has failed is done with, too
    assert told == [(done, 6) for done in range(1, 7)]


class KilledWorker(Exception):  # noqa: N818
    """Stands for the error of a cluster whose workers ended."""


class Cluster:
    """A client of a cluster that runs each task at once; of the chunks that begin with some numbers none is done."""

    lost: dict[int, Exception]
    opened: list[Cluster]
    loop = object()

    def __init__(self, address: str, *, timeout: float, set_as_default: bool) -> None:
        assert (timeout, set_as_default) == (members.PATIENCE, False)
        self.address, self.cancelled, self.open = address, list[Any](), True
        self.keys = list[Any]()
        Cluster.opened.append(self)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False

    def submit(self, task: Callable[..., Any], *given: Any, key: str = "", pure: bool = True) -> Any:
        if key:
            self.keys.append(key)
            return task(*given)
        assert pure is False
        chunk = given[-1]
        error = Cluster.lost.get(chunk[0])

        def result() -> Any:
            if error is not None:
                raise error
            return task(*given)

        class Task:
            status = "finished" if error is None else "error"

            def exception(self) -> Exception | None:
                return error

            def result(self) -> Any:
                return result()

        return Task()

    def cancel(self, futures: list[Any]) -> None:
        self.cancelled.append(len(futures))


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, int], float]]:
    """Put a cluster that runs at once in the place of Dask; return where it is looked for."""
    asked: list[tuple[tuple[str, int], float]] = []

    def connect(place: tuple[str, int], timeout: float) -> Any:
        asked.append((place, timeout))
        return SimpleNamespace(close=lambda: None)

    def as_completed(futures: dict[Any, Any], loop: object) -> list[Any]:
        assert loop is Cluster.loop
        return list(futures)

    fake = SimpleNamespace(Client=Cluster, as_completed=as_completed, KilledWorker=KilledWorker)
    monkeypatch.setitem(sys.modules, "distributed", fake)
    monkeypatch.setattr(members.socket, "create_connection", connect)
    Cluster.lost, Cluster.opened = {}, []
    return asked


def on_cluster(address: str) -> members.Members[int]:
    return run_members(squares, SHARED, 5, text="", machines=Machines(dask=address), chunk=2)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("tcp://host:8786", ("host", 8786)),
        ("host:8786", ("host", 8786)),
        ("tls://10.0.0.1:99", ("10.0.0.1", 99)),
        ("host", ("host", 0)),
    ],
)
def test_a_cluster_is_looked_for_at_its_address(reached: list[Any], address: str, place: tuple[str, int]) -> None:
    assert on_cluster(address).answers == {at: 100 + at * at for at in range(5)}
    assert reached == [(place, 10)]
    (client,) = Cluster.opened
    assert (client.address, client.open, client.cancelled) == (address, False, [3])
    assert client.keys == [f"budgetopt-shared-{members._Sent.of(SHARED).key}"]


@pytest.mark.usefixtures("reached")
def test_members_whose_workers_ended_are_reported() -> None:
    Cluster.lost = {2: KilledWorker("lost")}
    found = on_cluster("host:8786")
    reason = "the workers that solved it ended"
    assert found.failed == (FailedMember(2, reason), FailedMember(3, reason))
    assert found.answers == {0: 100, 1: 101, 4: 116}


@pytest.mark.usefixtures("reached")
def test_another_error_of_a_cluster_is_raised_and_nothing_more_is_begun() -> None:
    Cluster.lost = {2: ZeroDivisionError("a mistake")}
    with pytest.raises(ZeroDivisionError):
        on_cluster("host:8786")
    (client,) = Cluster.opened
    assert (client.cancelled, client.open) == ([3], False)


@pytest.mark.usefixtures("reached")
@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError("no route\nto it"), "no route"), (TimeoutError(), "TimeoutError")],
)
def test_why_no_cluster_answers_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def connect(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(members.socket, "create_connection", connect)
    with pytest.raises(bo.OptionError) as raised:
        on_cluster("host:8786")
    assert f"no Dask cluster answers at 'host:8786': {said}\n" in f"{raised.value}\n".replace("  hint", "\n")
    assert "to it" not in str(raised.value)


def test_problems_are_solved_in_one_place() -> None:
    with ThreadPoolExecutor(1) as pool:
        for where in ({"workers": 2, "executor": pool}, {"executor": pool, "dask": "host:1"}):
            with pytest.raises(bo.OptionError, match="solved in one place"):
                Machines(**where)  # type: ignore[arg-type]
        assert Machines(executor=pool).workers == 1
        # one worker is this process, and no other place
        assert Machines(workers=1, dask="host:1").dask == "host:1"
