"""The published cases of reference/spc as calls of the chart command: file, type and options."""

import csv
import re
from collections import defaultdict

import numpy as np

from zhikong.engine.stats.drawing import Wish
from zhikong.engine.stats.report import charts


def rows(folder, name):
    with open(folder / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def grouped(folder, name, key):
    found = defaultdict(list)
    for row in rows(folder, name):
        found[row[key]].append(row)
    return found


def number(text):
    return float(text) if text else float("nan")


def inputs(folder):
    """Series name -> its lines, as the inputs have them."""
    return grouped(folder, "inputs_synthetic.csv", "series") | grouped(
        folder, "inputs_synthetic_subgroups.csv", "series"
    )


def chosen(text):
    return dict(part.split("=", 1) for part in filter(None, re.split(r";(?![^(]*\))", text)))


def places(text):
    return [int(value) for value in text.strip("c()").split(",")]


def write(path, lines, *, parts=(), exclude=()):
    """A file for the chart command; phases from the last points of parts, exclusions from positions."""
    name = "subgroup" if "subgroup" in lines[0] else "i"
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["series", name, "y", "n", "phase", "exclude"])
        for line in lines:
            place = int(line[name])
            phase = 1 + sum(place > end for end in parts)
            out.writerow([line["series"], place, line["y"], line.get("n", ""), phase, int(place in exclude)])
    return path


def drawn(path, wish):
    (one,) = charts(path, wish)["series"]
    return one


def qicharts(case, lines, folder):
    """The chart of a qicharts2 case."""
    option = chosen(case["options"])
    path = write(
        folder / "in.csv",
        lines,
        parts=places(option.get("part", "c()")) if "part" in option else (),
        exclude=places(option["exclude"]) if "exclude" in option else (),
    )
    wish = Wish(
        kind=case["chart"],
        freeze=int(option["freeze"]) if "freeze" in option else None,
        centre=float(option["cl"]) if "cl" in option else None,
        multiply=float(option.get("multiply", 1)),
        floor=0.0 if "y.neg" in option else None,
        screened=case["screened_mr"] == "TRUE",
        limits="sigma",
    )
    return drawn(path, wish)


def column(points, name):
    return np.array([np.nan if point[name] is None else point[name] for point in points], float)
