"""Any text survives the tokenizer, and what is read from signs keeps one token per character."""

from __future__ import annotations

import random
import tempfile
import unittest
from pathlib import Path

from training_support import samples, tokenizer

from specula_train.tokenizer import SPECIAL, SPLIT, Tokenizer

TEXTS = (
    "",
    " ",
    "\n\n  two  spaces \t and tabs\r\n",
    "It's the red star's 4th, isn't it?",
    "naïve café, Straße, ﬀ, İ",
    "漢字とかな、한국어 العربية",
    "👩‍👩‍👧 🇨🇭 ❤️",
    "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "\u00a0\u2003\u200b\ufeff\ufffd\U0010ffff",
    "<|im_end|> <|bos|>",
)


def random_texts(count: int) -> list[str]:
    """Texts of characters from all over Unicode, surrogates left out: they are no text."""
    rng = random.Random(1)
    planes = ((0, 0x80), (0x80, 0x800), (0x800, 0xD800), (0xE000, 0x10000), (0x10000, 0x110000))
    return ["".join(chr(rng.randrange(*rng.choice(planes))) for _ in range(rng.randrange(30))) for _ in range(count)]


class TestTokenizer(unittest.TestCase):
    def test_any_text_comes_back(self) -> None:
        spoken = [text for sample in samples() for turn in sample.turns for text in (turn.question, str(turn.answer))]
        for text in [*TEXTS, *random_texts(300), *spoken]:
            self.assertEqual(tokenizer().decode(tokenizer().encode(text)), text)

    def test_words_are_split_as_gpt2_does(self) -> None:
        for text, words in (
            ("a  b", ["a", " ", " b"]),
            ("x \n y", ["x", " \n", " y"]),
            ("one\n\ntwo ", ["one", "\n", "\n", "two", " "]),
            ("it's 12% -- (B)", ["it", "'s", " 12", "%", " --", " (", "B", ")"]),
            (" \t", [" \t"]),
            ("IT'S", ["IT", "'", "S"]),
        ):
            self.assertEqual(SPLIT.findall(text), words)

    def test_text_never_makes_special_tokens(self) -> None:
        special = {tokenizer().vocabulary.index(token) for token in SPECIAL}
        for token in SPECIAL:
            self.assertTrue(special.isdisjoint(tokenizer().encode(f"a {token}b")))

    def test_digits_and_capitals_are_one_token_each(self) -> None:
        for word in ("STOP", "2071", "A7Z", "EXIT", "0", "QX"):
            for text in (word, f" {word}"):
                pieces = [tokenizer().decode([token]) for token in tokenizer().encode(text)]
                self.assertEqual([piece.strip() for piece in pieces if piece != " "], list(word))

    def test_frequent_words_are_one_token(self) -> None:
        for word in (" the", " is", " red", " number"):
            self.assertEqual(len(tokenizer().encode(word)), 1, word)

    def test_spans_cover_the_text_in_order(self) -> None:
        for text in [*TEXTS, *random_texts(300), *(str(sample.turns[0].answer) for sample in samples())]:
            encoded = tokenizer().encode_spans(text)
            self.assertEqual(encoded.ids, tokenizer().encode(text))
            self.assertEqual(len(encoded.spans), len(encoded.ids))
            at = 0
            for start, end in encoded.spans:
                self.assertLess(start, end)
                # a character of several tokens belongs to each of them
                self.assertIn(start, (at, at - 1))
                at = end
            self.assertEqual(at, len(text))

    def test_spans_of_plain_letters_are_the_tokens_own(self) -> None:
        for sample in samples():
            text = str(sample.turns[0].answer)
            encoded = tokenizer().encode_spans(text)
            pieces = [text[start:end] for start, end in encoded.spans]
            self.assertEqual(pieces, [tokenizer().decode([token]) for token in encoded.ids])

    def test_saved_and_loaded(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "tokenizer.json"
            tokenizer().save(file)
            loaded = Tokenizer.load(file)
        self.assertEqual((loaded.merges, loaded.vocabulary), (tokenizer().merges, tokenizer().vocabulary))
        self.assertEqual(len(loaded) % 64, 0)


if __name__ == "__main__":
    unittest.main()
