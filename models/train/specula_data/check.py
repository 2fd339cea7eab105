"""Judges an answer that a model wrote on its own, by what the question asks and not by its wording.

The app judges by the same rules (`src-shared/metrics/judge.ts`); `tests/golden/judge.jsonl` holds both to the same verdicts.
"""

from __future__ import annotations

import re
from typing import Protocol

from .classes import CLASSES, DIGITS, WHOLE_OBJECTS
from .sample import SKILLS, Expect


class Question(Protocol):
    """A turn, or anything with the same two fields (`folder.read_turns` gives them from a side file)."""

    @property
    def question(self) -> str: ...

    @property
    def expect(self) -> Expect: ...


_SPACE = " \t\n\r\f\v"
_PATTERNS = {name: found.pattern() for name, found in CLASSES.items()}


def is_right(skill: str, question: Question, answer_text: str) -> bool:
    """Whether the answer tells what the question of this skill asks for.

    :raises ValueError: for a skill, rule or word class that does not exist.
    """
    if skill not in SKILLS:
        raise ValueError(f'no skill is called "{skill}"')
    expect = question.expect
    if expect.rule == "option":
        return _chosen(answer_text) == expect.values
    if expect.rule == "quotes":
        return [_plain(text) for text in re.findall(r'"([^"]*)"', answer_text)] == [_plain(v) for v in expect.values]
    if expect.rule == "facts":
        return _has_facts(answer_text, expect.values, whole_objects=skill in WHOLE_OBJECTS)
    said = mentions(answer_text, expect.domain)
    wanted = [_normal(value, expect.domain) for value in expect.values]
    if expect.rule == "all":
        return said == wanted
    if expect.rule == "set":
        return sorted(said) == sorted(wanted)
    if expect.rule == "last":
        return said[-1:] == wanted
    if expect.rule == "first":
        known = set(mentions(question.question, expect.domain)) - set(wanted)
        return [word for word in said if word not in known][:1] == wanted
    raise ValueError(f'no rule is called "{expect.rule}"')


def mentions(text: str, domain: str) -> list[str]:
    """The words of a class in the order of the text; numbers as digits."""
    if domain not in _PATTERNS:
        raise ValueError(f'no word class is called "{domain}"')
    return [_normal(word, domain) for word in _PATTERNS[domain].findall(text)]


def _normal(word: str, domain: str) -> str:
    if CLASSES[domain].cased:
        return word
    word = word.lower()
    return DIGITS.get(word, word) if CLASSES[domain].digits else word


def _plain(text: str) -> str:
    return text.strip(_SPACE).lower()


def _chosen(text: str) -> tuple[str, str] | None:
    """The last "answer is three (B)" of the text: the option's text and its letter."""
    found = re.findall(r"answer is ([^().]+?) \(([A-Z])\)", text)
    return found[-1] if found else None


def _has_facts(text: str, facts: tuple[str, ...], whole_objects: bool) -> bool:
    """Each fact once for each time it is listed; in captions no object beyond them."""
    sentences = [sentence.lower() for sentence in re.split(r"(?<=\.)\s+", text, flags=re.ASCII)]
    for fact in set(facts):
        parts = [part.strip(_SPACE).lower() for part in fact.split("|")]
        patterns = [re.compile(rf"(?<![\w]){re.escape(part)}(?!\w)", re.ASCII) for part in parts]
        times = 0
        for sentence in sentences:
            if all(pattern.search(sentence) for pattern in patterns):
                times += len(patterns[-1].findall(sentence))
        if times < facts.count(fact):
            return False
    objects = sum(bool(mentions(fact, "object")) for fact in facts)
    return not whole_objects or len(mentions(text, "object")) == objects
