"""Write the software bill of materials of budgetopt and of all that it needs, as CycloneDX: `out/budgetopt.cdx.json`.

The packages are those of an environment with the locked versions and the extras for users, and nothing else. The bill
is made, and checked against the schema of its format, by the tool of the format itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from environments import FOLDER, PYPROJECT, ROOT, made_anew

TOOL = "cyclonedx-bom>=7,<8"
EXTRAS = "charts,completion,dask,fit,parquet,scip"


def write_bill(target: Path) -> None:
    """Make both environments anew, and write the bill."""
    product, tool = FOLDER / "bill-product", FOLDER / "bill-tool"
    pip = made_anew(product, sys.executable)
    subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), f"{ROOT}[{EXTRAS}]"], check=True, cwd=ROOT)
    subprocess.run([*made_anew(tool, sys.executable), TOOL], check=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    maker = [str(tool / "bin" / "cyclonedx-py"), "environment", "--output-reproducible", "--validate"]
    about = ["--mc-type", "library", "--pyproject", str(PYPROJECT), "--output-file", str(target)]
    subprocess.run([*maker, *about, str(product / "bin" / "python")], check=True)


def main() -> int:
    """Write the bill, and say where it is."""
    target = ROOT / "out" / "budgetopt.cdx.json"
    write_bill(target)
    print(f"wrote {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
