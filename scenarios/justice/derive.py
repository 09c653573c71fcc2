"""Make the tables of this scenario from the published figures, the price index and the choices beside it.

Run ``python scenarios/justice/derive.py`` after changing ``wsipp_programs.csv``, ``cpi_u.csv`` or ``choices.csv``. The
README says what each formula stands for.
"""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import NormalDist

HERE = Path(__file__).parent
BASE_YEAR = "2023"
ROUNDING = 0.005  # the chance is published to whole percent
SPLIT = ("participant_benefits", "other_benefits", "indirect_benefits")

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """Return the rows of a file beside this one."""
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def address(row: Row) -> str:
    """Return the address of the page that a row was taken from, without the remark that may follow it."""
    return row["source"].split(" (")[0]


def cost_of(row: Row) -> float:
    """Return the net cost for each participant; where the source gives none, benefits less net benefit."""
    published = row["net_program_cost_per_participant"]
    if published:
        return float(published)
    return float(row["total_benefits_per_participant"]) - float(row["benefits_minus_costs"])


def standard_error(net: float, chance: float) -> float:
    """Return the standard error of a normal net benefit that is above zero with this chance.

    A chance that was rounded to 0 or 1 only bounds it: the largest standard error that rounds there is returned.
    """
    bounded = min(max(chance, ROUNDING), 1 - ROUNDING)
    return net / NormalDist().inv_cdf(bounded)


def spread(net: float, chance: float) -> tuple[float, float]:
    """Return the least and the greatest standard error that the rounding of the chance leaves open."""
    ends = sorted(
        (standard_error(net, min(max(chance + step, ROUNDING), 1 - ROUNDING)) for step in (-ROUNDING, ROUNDING)),
        key=abs,
    )
    return (0.0 if chance in (0.0, 1.0) else ends[0]), ends[1]


def share(value: float) -> str:
    """Return a share as it is written in a scenario."""
    return f"{value * 100:.4g}%"


def evidence_of(row: Row, program: str, factor: float) -> list[Row]:
    """Return the effects of a program, one row each; ``factor`` turns its dollars into those of the base year."""
    cost, benefits = cost_of(row), float(row["total_benefits_per_participant"])
    net, chance = float(row["benefits_minus_costs"]), row["chance_benefits_exceed_costs"]
    common = {
        "program": program,
        "evidence": "quasi_experimental",
        "as_of": row["page_vintage"],
        "source": address(row),
    }
    total = {**common, "outcome": "benefits", "per_dollar": f"{benefits / cost:.6g}"}
    if chance:
        low, high = (share(abs(error / benefits)) for error in spread(net, float(chance)))
        total["std_error"] = share(abs(standard_error(net, float(chance)) / benefits))
        reach = f"at most {high}" if float(chance) in (0.0, 1.0) else f"between {low} and {high}"
        total["public_note"] = (
            f"Standard error from the published chance of {float(chance):.2f}; its rounding leaves {reach}"
        )
    else:
        total["public_note"] = (
            "The source gives no chance, so no standard error is derived; cost is benefits less net benefit"
        )
    served = {"outcome": "participants", "unit_cost": f"{cost * factor:.2f}", "evidence": "administrative"}
    rows = [{**common, **served}, total]
    parts = {"taxpayer_benefits": float(row["taxpayer_benefits"])}
    if row["other_benefits"]:
        parts |= {name: float(row[name]) for name in SPLIT}
    else:
        parts["benefits_not_split"] = benefits - parts["taxpayer_benefits"]
    rows += [{**common, "outcome": name, "per_dollar": f"{part / cost:.6g}"} for name, part in parts.items() if part]
    return rows


def derive() -> dict[str, list[Row]]:
    """Return the rows of each derived file."""
    index = {row["year"]: float(row["index"]) for row in read("cpi_u.csv")}
    published = {(row["program"], row["dollar_year"]): row for row in read("wsipp_programs.csv")}
    programs: list[Row] = []
    evidence: list[Row] = []
    ceilings: list[Row] = []
    for choice in read("choices.csv"):
        if choice["left_out_because"]:
            continue
        row = published[choice["source_program"], choice["dollar_year"]]
        program, factor = choice["program"], index[BASE_YEAR] / index[row["dollar_year"]]
        programs.append(
            {
                "program": program,
                "name": choice["name"],
                "priority": row["policy_area"],
                "attributes.dollar_year": row["dollar_year"],
                "attributes.chance": row["chance_benefits_exceed_costs"],
                "as_of": row["page_vintage"],
                "source": address(row),
            }
        )
        evidence += evidence_of(row, program, factor)
        people = int(choice["participants_at_most"])
        ceilings.append(
            {
                "program": program,
                "spending.at_most": f"{people * cost_of(row) * factor:.0f}",
                "spending.because": f"Assumption: at most {people:,} participants a year",
            }
        )
    return {"programs.csv": programs, "evidence.csv": evidence, "ceilings.csv": ceilings}


COLUMNS = {
    "programs.csv": (
        "program",
        "name",
        "priority",
        "attributes.dollar_year",
        "attributes.chance",
        "as_of",
        "source",
    ),
    "evidence.csv": (
        "program",
        "outcome",
        "per_dollar",
        "unit_cost",
        "std_error",
        "evidence",
        "as_of",
        "source",
        "public_note",
    ),
    "ceilings.csv": ("program", "spending.at_most", "spending.because"),
}


def main() -> None:
    """Write the derived files."""
    for name, rows in derive().items():
        with (HERE / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS[name], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
