"""The byte-level BPE tokenizer: every word of the answers is one token, digits and capital letters of signs one each.

It splits text as llama.cpp's pre-tokenizer `gpt-2` does and merges as its `gpt2` model does, so that both give the same
tokens for any text; text that no sample has is spelled by smaller pieces, down to bytes.
"""

from __future__ import annotations

import collections
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

SPLIT = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
"""GPT-2's pattern (llama-vocab.cpp, LLAMA_VOCAB_PRE_TYPE_GPT2)."""

BOS, START, END, PAD = "<|bos|>", "<|im_start|>", "<|im_end|>", "<|pad|>"
SPECIAL = (BOS, START, END, PAD)
LEAST_COUNT = 4
"""Merges seen less often than this are not worth a token."""


def _byte_letters() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


LETTERS = _byte_letters()
BYTES = {letter: byte for byte, letter in LETTERS.items()}
SPACE = LETTERS[32]


def _as_letters(text: str) -> str:
    return "".join(LETTERS[byte] for byte in text.encode())


def _may_merge(first: str, second: str) -> bool:
    """No merges of digits or inside capitals: what is read from signs keeps one token per character."""
    joined = first + second
    inner = joined[2:] if joined.startswith(SPACE) else joined[1:]
    return not any(c.isdigit() for c in joined) and not any(c.isupper() for c in inner)


def train_merges(texts: Iterable[str], limit: int) -> list[tuple[str, str]]:
    """The most frequent merges of the texts, at most `limit`; deterministic."""
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(_as_letters(word) for word in SPLIT.findall(text))
    words = {word: list(word) for word in counts if not (len(word.lstrip(SPACE)) > 1 and word.lstrip(SPACE).isupper())}
    merges = [(SPACE, str(digit)) for digit in range(10)]
    while len(merges) < limit:
        pairs: collections.Counter[tuple[str, str]] = collections.Counter()
        for word, pieces in words.items():
            for pair in zip(pieces, pieces[1:]):
                if _may_merge(*pair):
                    pairs[pair] += counts[word]
        if not pairs:
            break
        best, count = max(pairs.items(), key=lambda item: (item[1], item[0]))
        if count < LEAST_COUNT:
            break
        merges.append(best)
        for word, pieces in words.items():
            words[word] = _merged(pieces, best)
    return merges


def _merged(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    result: list[str] = []
    at = 0
    while at < len(pieces):
        if tuple(pieces[at : at + 2]) == pair:
            result.append(pieces[at] + pieces[at + 1])
            at += 2
        else:
            result.append(pieces[at])
            at += 1
    return result


@dataclass(frozen=True)
class Encoded:
    """Token ids and, for each, the characters of the text it covers (start, end)."""

    ids: list[int]
    spans: list[tuple[int, int]]


class Tokenizer:
    """Text to token ids and back."""

    def __init__(self, merges: Sequence[tuple[str, str]], vocabulary: Sequence[str]) -> None:
        self.merges = [tuple(merge) for merge in merges]
        self.vocabulary = list(vocabulary)
        self._ids = {token: index for index, token in enumerate(self.vocabulary)}
        self._ranks = {merge: rank for rank, merge in enumerate(self.merges)}
        self._words: dict[str, list[int]] = {}
        self.bos, self.start, self.end, self.pad = (self._ids[token] for token in SPECIAL)
        line = self.encode("\n")
        self.opening = [self.bos, self.start, *self.encode("user"), *line]
        """before the image tokens of the first turn"""
        self.asked = [self.end, *line, self.start, *self.encode("assistant"), *line]
        """between a question and its answer"""
        self.again = [*line, self.start, *self.encode("user"), *line]
        """between the end token of an answer and the next question"""

    @staticmethod
    def build(merges: Sequence[tuple[str, str]]) -> Tokenizer:
        """A tokenizer of all bytes, the merges and the special tokens, filled up to a multiple of 64 tokens."""
        tokens = [LETTERS[byte] for byte in range(256)] + [first + second for first, second in merges]
        vocabulary = [*dict.fromkeys(tokens), *SPECIAL]
        while len(vocabulary) % 64:
            vocabulary.append(f"<|unused{len(vocabulary)}|>")
        return Tokenizer(merges, vocabulary)

    @staticmethod
    def load(file: Path) -> Tokenizer:
        """:raises FileNotFoundError: when the stage `tokenizer` has not run."""
        data = json.loads(file.read_text())
        return Tokenizer([tuple(merge) for merge in data["merges"]], data["vocabulary"])

    def save(self, file: Path) -> None:
        """Writes what `load` reads."""
        file.write_text(json.dumps({"merges": self.merges, "vocabulary": self.vocabulary}, indent=0) + "\n")

    def __len__(self) -> int:
        return len(self.vocabulary)

    def _word(self, word: str) -> list[int]:
        if word not in self._words:
            pieces = list(_as_letters(word))
            while len(pieces) > 1:
                pair = min(zip(pieces, pieces[1:]), key=lambda p: self._ranks.get(p, len(self._ranks)))
                if pair not in self._ranks:
                    break
                pieces = _merged(pieces, pair)
            self._words[word] = [self._ids[piece] for piece in pieces]
        return self._words[word]

    def encode(self, text: str) -> list[int]:
        """Token ids; special tokens are never made from text."""
        return [token for word in SPLIT.findall(text) for token in self._word(word)]

    def ask(self, question: str, again: bool) -> list[int]:
        """A question with all that stands between the image, or `again` an earlier answer's end token, and its answer."""
        return [*(self.again if again else []), *self.encode(question), *self.asked]

    def encode_spans(self, text: str) -> Encoded:
        """Token ids with the characters they cover; a character of several tokens counts for each of them."""
        ids = self.encode(text)
        starts: list[int] = []
        for index, character in enumerate(text):
            starts += [index] * len(character.encode())
        spans, at = [], 0
        for token in ids:
            length = len(self.vocabulary[token])
            spans.append((starts[at], starts[at + length - 1] + 1))
            at += length
        return Encoded(ids, spans)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of the ids without special tokens; bytes that are no UTF-8 become replacement characters."""
        tokens = (self.vocabulary[token] for token in ids)
        return bytes(
            BYTES[letter] for token in tokens if not token.startswith("<|") for letter in token
        ).decode("utf8", "replace")
