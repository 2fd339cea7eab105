"""Right answers worked out a second time: from a picture's plain description and the words of the question alone."""

from __future__ import annotations

import re
from typing import Any

WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
PLACES = [
    f"{row} {col}".replace("middle center", "center")
    for row in ("top", "middle", "bottom")
    for col in ("left", "center", "right")
]


def answer(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    """The values that a right answer must give, or None for kinds that are not worked out here."""
    if re.search("talk|describe|caption", kind):
        return None
    if "shapes" in about:
        return _scene(kind, question, about)
    if "boards" in about:
        return _sign(kind, question, about)
    if "items" in about:
        return _values(kind, question, about)
    if "lines" in about:
        return _lines(kind, question, about)
    if "path" in about:
        return _diagram(kind, question, about)
    return _grid(kind, question, about)


def _described(shapes: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """The only shape whose words are all in the text."""
    words = text.split()
    fits = [s for s in shapes if all(w in (s["size"], s["color"], s["shape"]) for w in words)]
    if len(fits) != 1:
        raise AssertionError(f'"{text}" means {len(fits)} shapes')
    return fits[0]


def _full(shape: dict[str, Any]) -> str:
    return f"{shape['size']} {shape['color']} {shape['shape']}"


def _only(found: list[Any]) -> Any:
    if len(found) != 1:
        raise AssertionError(f"{len(found)} things fit the question")
    return found[0]


def _scene(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    shapes = about["shapes"]
    if kind in ("color", "size", "where"):
        patterns = r"(?:the (?:color of the )?)((?:(?:large|small) )?(?:\w+ )?(?:circle|square|triangle|diamond|star|cross|heart))"
        shape = _described(shapes, re.search(patterns, question).group(1))
        return [{"color": shape["color"], "size": shape["size"], "where": PLACES[shape["cell"]]}[kind]]
    if kind == "shape":
        color = re.search(r"red|green|blue|yellow|brown|purple|pink|black", question).group()
        return [_only([s for s in shapes if s["color"] == color])["shape"]]
    if kind == "what":
        place = re.search(r"in the ([a-z ]+?)(?: of the picture)?\?", question).group(1)
        return [_full(_only([s for s in shapes if PLACES[s["cell"]] == place]))]
    if kind == "background":
        return list(about["backgrounds"])
    if kind == "count":
        return [WORDS[len(shapes)]]
    if kind in ("count shape", "count color"):
        found = re.search(r"(?:many|the|of) (?:(\w+) objects|(\w+?)(?:es|s)?)(?: are| in)", question)
        color, shape = found.groups()
        shape = {"squar": "square", "triangl": "triangle", "circl": "circle"}.get(shape, shape)
        return [WORDS[sum(s["color"] == color if color else s["shape"] == shape for s in shapes)]]
    if kind == "exists":
        color, shape = re.search(r"a (\w+) (\w+)", question).groups()
        return ["yes" if any(s["color"] == color and s["shape"] == shape for s in shapes) else "no"]
    if kind == "beside":
        words, name = re.search(r"is (to the left of|to the right of|above|below) the ([\w ]+),", question).groups()
        one = _described(shapes, name)
        row, col = divmod(one["cell"], 3)
        tests = {
            "to the left of": lambda r, c: r == row and c < col,
            "to the right of": lambda r, c: r == row and c > col,
            "above": lambda r, c: c == col and r < row,
            "below": lambda r, c: c == col and r > row,
        }
        return [_full(_only([s for s in shapes if tests[words](*divmod(s["cell"], 3))]))]
    if kind == "side":
        a, b = re.search(r"Is the ([\w ]+?) (?:to|above).* of the ([\w ]+)\?|$", question).groups()
        if a is None or "above" in question:
            a, b = re.search(r"Is the ([\w ]+) above or below the ([\w ]+)\?", question).groups()
        one, other = _described(shapes, a), _described(shapes, b)
        if "above" in question:
            return ["above" if one["region"][1] < other["region"][1] else "below"]
        centre = [s["region"][0] + s["region"][2] / 2 for s in (one, other)]
        return ["to the left of" if centre[0] < centre[1] else "to the right of"]
    if kind in ("inside", "in front of", "around", "behind"):
        known = _described(shapes, re.search(r"(?:inside|of|around|behind) the ([\w ]+)\?", question).group(1))
        return [_full(shapes[known["partner"]])]
    if kind == "hidden":
        front = _only([s for s in shapes if s["relation"] == "in front of"])
        back = shapes[front["partner"]]
        return [f"{back['color']} {back['shape']}"]
    if kind == "scene total":
        names = re.search(r"How many (.*) are there", question).group(1)
        wanted = [w for w in re.findall(r"\w+", names) if w not in ("and", "objects")]
        total = sum(any(w in (s["color"], s["shape"] + "s", s["shape"] + "es") for w in wanted) for s in shapes)
        return _option(question, WORDS[total])
    if kind == "scene compare":
        a, b = re.search(r"more, (\w+) or (\w+)\?", question).groups()
        counts = [sum(w in (s["shape"] + "s", s["shape"] + "es") for s in shapes) for w in (a, b)]
        return _option(question, "the same" if counts[0] == counts[1] else a if counts[0] > counts[1] else b)
    return None


def _option(question: str, text: str) -> list[str]:
    return [
        text,
        _only(
            [
                letter
                for option, letter in re.findall(r"([^(), ][^(),]*) \(([A-D])\)", question.partition("Options: ")[2])
                if option == text
            ]
        ),
    ]


def _sign(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    place = re.search(r"the (left|right|upper|lower) sign", question)
    if kind == "larger number":
        return [max(about["boards"], key=lambda b: int(b["lines"][0]["text"]))["place"]]
    board = _only([b for b in about["boards"] if b["place"] == (place.group(1) if place else "")])
    texts = [line["text"] for line in board["lines"]]
    if kind in ("sign word", "sign number", "sign code"):
        return [_only([line["text"] for line in board["lines"] if line["kind"] == kind.split()[1]])]
    if kind == "sign text":
        return texts
    if kind == "sign line":
        return [texts[["first", "second", "third"].index(re.search(r"first|second|third", question).group())]]
    if kind in ("sign border", "sign letters"):
        return [board[kind.split()[1]]]
    word = next((t for t in texts if t.isalpha()), "")
    if kind == "word length":
        return [WORDS[len(word)]]
    if kind == "length with options":
        return _option(question, WORDS[len(word)])
    number = next((t for t in texts if t.isdigit()), "")
    if kind == "sign compare":
        word, other = re.search(r"(greater|smaller) than (\d+)", question).groups()
        return ["yes" if (int(number) > int(other)) == (word == "greater") else "no"]
    if kind == "digit sum":
        return _option(question, str(sum(map(int, number))))
    return None


def _core(name: str) -> str:
    return name.replace("the ", "").replace("bar ", "").replace(" bar", "").replace(" slice", "")


def _values(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    items = {item["name"]: item["value"] for item in about["items"]}
    asked = question.partition("Options:")[0]
    named = [name for name in items if re.search(rf"\b{name}\b", asked)]
    values = sorted(items.values())
    by_value = {value: name for name, value in items.items()}
    noun, _, what = kind.partition(" ")
    if what == "value" and noun in ("bar", "slice", "row"):
        return [str(items[_only(named)])]
    if what in ("largest", "smallest"):
        return [_core(by_value[values[-1] if what == "largest" else values[0]])]
    if what == "count":
        return [WORDS[len(items)]]
    if kind == "title":
        return [about["title"]]
    if kind in ("difference", "sum", "larger value", "sum of values", "difference of values"):
        a, b = (items[name] for name in named)
        result = {"d": abs(a - b), "s": a + b}.get(kind[0])
        if kind == "larger value":
            return [_core(by_value[max(a, b)])]
        return _option(question, str(result)) if " of " in kind else [str(result)]
    if kind == "spread":
        return _option(question, str(values[-1] - values[0]))
    return None


def _lines(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    color = re.search(r"the (\w+) line", question)
    line = next((x for x in about["lines"] if color and x["color"] == color.group(1)), about["lines"][0])
    point = re.search(r"\b([A-HK-Z])\b(?!t)", re.sub(r"^At|^In", "", question))
    k = about["labels"].index(point.group(1)) if point else -1
    if kind == "point value":
        return [str(line["values"][k])]
    if kind in ("line highest", "line lowest"):
        best = max(line["values"]) if kind == "line highest" else min(line["values"])
        return [_only([p for p, v in zip(about["labels"], line["values"]) if v == best])]
    if kind == "trend":
        v = line["values"]
        return ["rises" if v == sorted(set(v)) else "falls" if v == sorted(set(v), reverse=True) else "changes"]
    if kind == "line color":
        return [_only(about["lines"])["color"]]
    if kind == "higher line":
        a, b = about["lines"]
        return [a["color"] if a["values"][k] > b["values"][k] else b["color"]]
    return None


def _diagram(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    letters = [box["letter"] for box in about["path"]]
    colors = [box["color"] for box in about["path"]]
    asked = re.findall(r"box ([A-Z])\b", question.partition("Options:")[0])
    if kind in ("next box", "box before"):
        return [letters[letters.index(asked[0]) + (1 if kind == "next box" else -1)]]
    if kind in ("path end", "path begin"):
        return [letters[-1 if kind == "path end" else 0]]
    if kind == "path with options":
        return _option(question, "box " + letters[-1 if re.search(r"end|last", question) else 0])
    if kind == "box color":
        return [colors[letters.index(asked[0])]]
    if kind == "box letter":
        return [letters[colors.index(re.search(r"the (\w+) box", question).group(1))]]
    if kind in ("steps", "steps with options"):
        number = WORDS[letters.index(asked[1]) - letters.index(asked[0])]
        return [number] if kind == "steps" else _option(question, number)
    return None


def _grid(kind: str, question: str, about: dict[str, Any]) -> list[str] | None:
    asked = question.partition("Options:")[0]
    row = next((k for k, name in enumerate(about["rows"]) if re.search(rf"\b{name}\b", asked)), -1)
    column = next((k for k, letter in enumerate(about["columns"]) if re.search(rf"column {letter}\b", asked)), -1)
    if kind == "cell":
        return [str(about["cells"][row][column])]
    if kind in ("row sum", "sum of a row"):
        total = str(sum(about["cells"][row]))
        return [total] if kind == "row sum" else _option(question, total)
    if kind == "column highest":
        best = max(cells[column] for cells in about["cells"])
        return [_only([name for name, cells in zip(about["rows"], about["cells"]) if cells[column] == best])]
    return None
