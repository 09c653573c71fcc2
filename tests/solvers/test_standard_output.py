# ruff: noqa: T201 - printing is what is tested
"""Nothing that a solver prints reaches the standard output, by whatever way it prints."""

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import highspy
import pulp
import pytest

from budgetopt.errors import SolverError
from budgetopt.solvers.highs import LiveModel, version
from budgetopt.solvers.pulp_adapter import solve_with_pulp
from budgetopt.solvers.solution import Options
from budgetopt.solvers.standard_output import descriptor_kept_clean, stdout_kept_clean
from linear_programs import INFINITY, linear_program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="prints through the C library of POSIX systems")


def c_print(words: str) -> None:
    """Print as a library in C does: into a buffer that is written later."""
    ctypes.CDLL(None).puts(words.encode())


def descriptor_print(words: str) -> None:
    os.write(1, words.encode())


def test_what_is_printed_inside_goes_to_the_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    for write in (c_print, descriptor_print):
        with descriptor_kept_clean():
            write("noise")
        out, err = capfd.readouterr()
        assert (out, err.strip()) == ("", "noise")


def test_what_is_dropped_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with descriptor_kept_clean(dropped=True):
        c_print("noise")
        descriptor_print("noise")
    assert capfd.readouterr() == ("", "")


def test_what_is_printed_before_and_after_stays(capfd: pytest.CaptureFixture[str]) -> None:
    c_print("before")
    with descriptor_kept_clean(dropped=True):
        c_print("noise")
    c_print("after")
    with descriptor_kept_clean():
        pass
    assert capfd.readouterr().out == "before\nafter\n"


def test_an_error_inside_leads_the_output_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), stdout_kept_clean():
        raise ZeroDivisionError
    print("data", flush=True)
    descriptor_print("data")
    assert capfd.readouterr().out == "data\ndata"


def test_python_prints_inside_too(capfd: pytest.CaptureFixture[str]) -> None:
    with stdout_kept_clean():
        print("noise")
    print("data")
    out, err = capfd.readouterr()
    assert (out, err) == ("data\n", "noise\n")


@pytest.mark.parametrize("kept", [descriptor_kept_clean, stdout_kept_clean])
def test_threads_that_overlap_leave_it_as_it_was(
    kept: Callable[[], AbstractContextManager[None]], capfd: pytest.CaptureFixture[str]
) -> None:
    """The first thread in is the first one out, while the second is still inside."""
    first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with kept():
            first_in.set()
            second_in.wait()
        first_out.set()

    def second() -> None:
        first_in.wait()
        with kept():
            second_in.set()
            first_out.wait()
            c_print("noise")

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("data", flush=True)
    descriptor_print("data")
    out, err = capfd.readouterr()
    assert (out, err) == ("data\ndata", "noise\n")


@pytest.mark.parametrize("closed", ["1", "2", "1, 2"])
def test_closed_descriptors_stay_closed(closed: str) -> None:
    code = f"""
import os, sys
from budgetopt.solvers.standard_output import descriptor_kept_clean
for each in ({closed},):
    os.close(each)
def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
before = [is_open(1), is_open(2)]
for dropped in (False, True):
    with descriptor_kept_clean(dropped=dropped):
        if is_open(1):
            os.write(1, b"noise")
os._exit(0 if [is_open(1), is_open(2)] == before else 1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


class NoisyHighs(highspy.Highs):
    """A HiGHS that prints while it is made and while it runs, whatever its options say."""

    def __init__(self) -> None:
        c_print("a banner")
        super().__init__()

    def run(self) -> object:
        c_print("a line of the log")
        descriptor_print("another\n")
        return super().run()


class NoisyCbc(pulp.LpSolver):
    """A solver of PuLP that prints in both ways and finds nothing."""

    name = "NOISY"

    def available(self) -> bool:
        print("a licence")
        return True

    def actualSolve(self, *_: object, **__: object) -> int:  # noqa: N802 - the name in PuLP
        print("a line of the log")
        c_print("another")
        raise pulp.PulpError("nothing found")


WYNDOR = linear_program([[1, 0], [0, 2], [3, 2]], -INFINITY, [4, 12, 18], maximize=[3, 5])


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_noisy_highs_is_not_heard(
    in_thread: bool, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(highspy, "Highs", NoisyHighs)
    found = []

    def solve() -> None:
        found.append(LiveModel(WYNDOR).solve().objective)

    if in_thread:
        thread = threading.Thread(target=solve)
        thread.start()
        thread.join()
    else:
        solve()
    assert version().startswith("HiGHS ")
    out, err = capfd.readouterr()
    assert (found, out) == ([36], "")
    assert sorted(err.splitlines()) == ["a line of the log", "another"]


def test_a_noisy_solver_of_pulp_is_not_heard(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulp, "listSolvers", lambda *_, **__: ["NOISY"])
    monkeypatch.setattr(pulp, "getSolver", lambda *_, **__: NoisyCbc())
    with pytest.raises(SolverError, match="nothing found"):
        solve_with_pulp(WYNDOR, WYNDOR.stages[0], Options("NOISY"))
    assert capfd.readouterr().out == ""
