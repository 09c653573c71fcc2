"""Many problems: the same answers wherever they are solved, whatever fails, ends or is interrupted."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import budgetopt as bo
from budgetopt import synthetic
from budgetopt.analysis import members
from budgetopt.analysis.members import FailedMember, Machines, Members, run_members
from budgetopt.formulation import LinearProgram, formulate
from budgetopt.solvers import Options
from budgetopt.solvers.highs import LiveModel

COUNT, CHUNK = 40, 8
FAILS, IS_KILLED = 5, 21
Draws = Members[NDArray[np.float64]]


def optima(shared: tuple[LinearProgram, Path]) -> Callable[[int], NDArray[np.float64]]:
    """Solve a problem with costs that are drawn for each member; one fails, and one kills its process once."""
    problem, trap = shared
    model, stage = LiveModel(problem, Options()), problem.stages[0]

    def solve(number: int) -> NDArray[np.float64]:
        if number == FAILS:
            raise bo.SolverError("no luck")
        if number == IS_KILLED and trap.exists():
            trap.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        drawn = np.random.default_rng([7, number]).normal(1, 0.2, problem.columns)
        model.set_costs(stage.cost * drawn, stage.maximize, stage.offset)
        answer = model.solve()
        assert answer.x is not None
        return np.append(answer.x, answer.objective)

    return solve


def kills_its_process(_: None) -> Callable[[int], int]:
    def solve(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return solve


@pytest.fixture(scope="module")
def problem() -> LinearProgram:
    return formulate(synthetic.city(20, seed=3, periods=1)).linear_program.relaxed()


def solved(problem: LinearProgram, trap: Path, **where: Any) -> Draws:
    shared = (problem, trap)
    return run_members(optima, shared, COUNT, text="Solving", chunk=CHUNK, machines=Machines(**where))


@pytest.fixture(scope="module")
def serial(problem: LinearProgram) -> Draws:
    return solved(problem, Path("none"))


def assert_same(found: Draws, serial: Draws) -> None:
    assert list(found.answers) == list(serial.answers)
    assert [one.tobytes() for one in found.answers.values()] == [one.tobytes() for one in serial.answers.values()]
    assert (found.failed, found.count, found.interrupted) == (serial.failed, serial.count, serial.interrupted)


def test_a_member_that_fails_is_reported_and_the_others_have_answers(serial: Draws) -> None:
    assert serial.failed == (FailedMember(FAILS, "no luck"),)
    assert list(serial.answers) == [number for number in range(COUNT) if number != FAILS]
    assert serial.count == COUNT
    assert not serial.interrupted


def test_every_chunk_begins_anew(problem: LinearProgram, serial: Draws) -> None:
    alone = run_members(optima, (problem, Path("none")), CHUNK, text="", chunk=CHUNK)
    for number, answer in alone.answers.items():
        assert answer.tobytes() == serial.answers[number].tobytes()


@pytest.mark.parametrize("make", [ThreadPoolExecutor, pytest.param(ProcessPoolExecutor, marks=pytest.mark.deep)])
def test_any_executor_gives_the_same_bytes(
    problem: LinearProgram, serial: Draws, make: Callable[[int], Executor]
) -> None:
    workers: dict[str, Any] = {"max_workers": 2}
    if make is ProcessPoolExecutor:
        workers["mp_context"] = get_context("forkserver")
    with make(**workers) as executor:
        assert_same(solved(problem, Path("none"), executor=executor), serial)
        assert executor.submit(int, 3).result() == 3, "the executor stays open"


@pytest.mark.deep
def test_workers_give_the_same_bytes_though_one_is_killed(
    problem: LinearProgram, serial: Draws, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.touch()
    assert_same(solved(problem, trap, workers=2), serial)
    assert not trap.exists()


@pytest.mark.deep
def test_a_member_that_ends_every_process_is_reported_in_the_end() -> None:
    found = run_members(kills_its_process, None, 4, text="", chunk=2, machines=Machines(workers=2))
    assert {member.number for member in found.failed} >= {2, 3}
    assert {member.reason for member in found.failed} == {"the process that solved it ended"}
    assert found.count == len(found.answers) + len(found.failed) == 4


def test_a_cluster_gives_the_same_bytes_though_one_worker_is_killed(
    problem: LinearProgram, serial: Draws, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    trap = tmp_path / "trap"
    trap.touch()
    options: dict[str, Any] = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(processes=True, silence_logs=50, **options) as cluster:
        assert_same(solved(problem, trap, dask=cluster.scheduler_address), serial)
        assert not trap.exists()


def test_what_is_solved_before_an_interruption_is_kept() -> None:
    def set_up(_: None) -> Callable[[int], int]:
        def solve(number: int) -> int:
            if number == 11:
                raise KeyboardInterrupt
            return number * number

        return solve

    found = run_members(set_up, None, 50, text="", chunk=4)
    assert found.interrupted
    assert found.answers == {number: number * number for number in range(11)}
    assert (found.failed, found.count) == ((), 50)


def test_the_bar_is_told_of_each_member(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    class Bar:
        def __init__(self, text: str) -> None:
            assert text == "Solving draws"

        def __enter__(self) -> Callable[[int, int], None]:
            return lambda done, count: told.append((done, count))

        def __exit__(self, *_: object) -> None:
            told.append((0, 0))

    monkeypatch.setattr(members, "progress_bar", Bar)
    run_members(lambda _: int, None, 3, text="Solving draws")
    assert told == [(1, 3), (2, 3), (3, 3), (0, 0)]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"workers": 0}, "0 workers solve nothing"),
        ({"workers": 2, "dask": "tcp://host:8786"}, "the problems are solved in one place"),
    ],
)
def test_machines_that_cannot_be_are_refused(where: dict[str, Any], message: str) -> None:
    with pytest.raises(bo.OptionError, match=message):
        Machines(**where)


@pytest.fixture
def closed_port() -> Iterator[int]:
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_cluster_that_does_not_answer_is_refused(closed_port: int) -> None:
    pytest.importorskip("distributed")
    for address in (f"tcp://127.0.0.1:{closed_port}", "127.0.0.1", "tcp://127.0.0.1:port"):
        with pytest.raises(bo.OptionError, match="no Dask cluster answers at") as raised:
            run_members(lambda _: int, None, 3, text="", machines=Machines(dask=address))
        assert "tcp://host:8786" in str(raised.value)


def test_without_dask_a_cluster_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(bo.OptionError, match="Dask is not installed") as raised:
        run_members(lambda _: int, None, 3, text="", machines=Machines(dask="tcp://host:8786"))
    assert "pip install 'budgetopt[dask]'" in str(raised.value)
