"""Stage `tokenizer`: merges from the texts of training samples."""

from __future__ import annotations

from pathlib import Path

from specula_data.build import make_exercises, make_packed
from specula_data.vocabulary import answer_words

from .schedule import Schedule
from .tokenizer import SPLIT, Tokenizer, train_merges

SAMPLES = 8000
EXERCISES = 3000
FIRST_SEED = 900_000_000


def train_tokenizer(schedule: Schedule, folder: Path) -> None:
    """Writes tokenizer.json and prints how many tokens a word takes."""
    texts = ["user", "assistant", "system", *(f" {word}" for word in answer_words() for _ in range(8))]
    texts += [word for word in answer_words() for _ in range(8) if word[0].isupper()]
    for index in range(SAMPLES):
        for turn in make_packed(FIRST_SEED + index, schedule.view).turns:
            texts += [turn.question, str(turn.answer)]
    for turn in make_exercises(FIRST_SEED, EXERCISES):
        texts += [turn.question, str(turn.answer)]
    tokenizer = Tokenizer.build(train_merges(texts, schedule.merges))
    tokenizer.save(folder / "tokenizer.json")
    words = sum(len(SPLIT.findall(text)) for text in texts)
    tokens = sum(len(tokenizer.encode(text)) for text in texts)
    print(f"{len(tokenizer)} tokens, {len(tokenizer.merges)} merges, {tokens / words:.3f} tokens per word")
    split = sorted(word for word in answer_words() if len(tokenizer.encode(f" {word}")) > 1)
    print(f"words of answers that are not one token: {', '.join(split) or 'none'}")
