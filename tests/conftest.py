"""What every test shares: how many examples the properties try.

`make test` always tries the same ones, so that a failure is the fault of the change at hand; `make test-deep` tries
many more, the same ones each time, and HYPOTHESIS_PROFILE=deep others, unless `--hypothesis-seed` names them.
`tools/mutate.py` tries few, since it runs tests so often.
"""

import importlib
import os
import pkgutil
import signal

from hypothesis import HealthCheck, settings

import budgetopt

# a run in the background of a shell ignores Ctrl-C, and so would every process that it starts
signal.signal(signal.SIGINT, signal.default_int_handler)
# how wide a line may be is said by each test that asks
os.environ.pop("COLUMNS", None)

# constants of the modules that are loaded are drawn too: all are, whichever tests a process has run before
for module in pkgutil.walk_packages(budgetopt.__path__, "budgetopt."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

settings.register_profile(
    "standard",
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STANDARD = settings.get_profile("standard")
settings.register_profile("deep", STANDARD, max_examples=1000, derandomize=False, print_blob=True)
settings.register_profile("mutation", STANDARD, max_examples=10)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "standard"))
