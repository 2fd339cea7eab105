"""Writes `tests/golden/judge.jsonl`: answers with this judge's verdicts, which the app's judge must give too.

The first line is the word classes; each other line a question with its right and its wrong answers. Run it again
after a change of the judge: `python3 models/train/tests/golden_judge.py`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support import TOPICS, Turn, make_sample
from test_check import CASES, Asked

from specula_data.check import is_right
from specula_data.classes import CLASSES, classes_file
from specula_data.seeds import HELD_OUT

FILE = Path(__file__).resolve().parents[3] / "tests" / "golden" / "judge.jsonl"
PER_TURN = 5
ODD = ("", " ", "\u00e9red", "ro\u017fe red\u00a0star", "yes\u2028no", '"STOP" "stop', "\u0130 am 3.\u00a0Four", "\ufffd1\u0663")
"""Texts in which languages differ about letters, digits, spaces and cases."""


def main() -> None:
    lines: list[dict[str, Any]] = [classes_file()]
    for case in CASES:
        lines.append(_judged(case.skill, Asked(case.question, case.expect), [*case.right, *case.wrong, *ODD]))
    rng = random.Random(7)
    held_out = [turn for k in range(90) for turn in make_sample(HELD_OUT.start + k, TOPICS[k % len(TOPICS)]).turns]
    for turn in held_out:
        answers = [str(turn.answer), *(_corrupted(rng, turn, held_out) for _ in range(PER_TURN))]
        lines.append(_judged(turn.skill, Asked(turn.question, turn.expect), answers))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8", newline="\n")
    right, wrong = (sum(len(line[key]) for line in lines[1:]) for key in ("right", "wrong"))
    print(f"{len(lines) - 1} questions, {right} right and {wrong} wrong answers: {FILE}")


def _judged(skill: str, asked: Asked, answers: list[str]) -> dict[str, Any]:
    expect = asked.expect
    verdicts = [(text, is_right(skill, asked, text)) for text in dict.fromkeys(answers)]
    return {
        "question": asked.question,
        "skill": skill,
        "expect": {"rule": expect.rule, "values": list(expect.values), "domain": expect.domain},
        "right": [text for text, right in verdicts if right],
        "wrong": [text for text, right in verdicts if not right],
    }


def _corrupted(rng: random.Random, turn: Turn, others: list[Turn]) -> str:
    """The turn's answer with one thing changed that may or may not make it wrong."""
    text = str(turn.answer)
    return rng.choice(
        (
            lambda: _other_word(rng, text),
            lambda: _other_word(rng, text),
            lambda: _without_sentence(rng, text),
            lambda: str(rng.choice(others).answer),
            lambda: text[: rng.randrange(len(text))],
            lambda: text.upper() if rng.random() < 0.5 else text.lower(),
            lambda: text + " " + str(rng.choice(others).answer),
            lambda: _digits(text),
            lambda: text.replace(" ", rng.choice(("\u00a0", "  ", "\n", "\u2003")), rng.randrange(1, 4)),
            lambda: text.replace('"', "'") if '"' in text else text.replace("s", "\u017f"),
        )
    )()


def _words_of_classes() -> Iterator[tuple[str, ...]]:
    for found in CLASSES.values():
        yield from found.parts


def _other_word(rng: random.Random, text: str) -> str:
    """One word of a class becomes another one of the same class."""
    places = [
        (match, words)
        for words in _words_of_classes()
        for match in re.finditer(rf"\b(?:{'|'.join(map(re.escape, words))})\b", text)
    ]
    if not places:
        return text + " No."
    match, words = rng.choice(places)
    return text[: match.start()] + rng.choice(words) + text[match.end() :]


def _without_sentence(rng: random.Random, text: str) -> str:
    sentences = text.split(". ")
    del sentences[rng.randrange(len(sentences))]
    return ". ".join(sentences)


def _digits(text: str) -> str:
    digits = classes_file()["digits"]
    return re.sub(rf"\b({'|'.join(digits)})\b", lambda match: digits[match[0]], text)


if __name__ == "__main__":
    main()
