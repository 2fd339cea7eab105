"""llama.cpp, through the app's engine, reads and writes the same tokens as PyTorch. Untrained models show that as well."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

from training_support import VIEW, samples, tiny_model, tokenizer, torch

from specula_train.batches import pixels_of
from specula_train.compare import NODE, answer_of, compare, engine_lines
from specula_train.export import Files, files_of, write_model
from specula_train.gguf_library import ROOT, gguf_library
from specula_train.plain import IMAGE_TOKEN, PlainAnswer

try:
    gguf_library()
except FileNotFoundError as error:
    raise unittest.SkipTest(str(error)) from error
if not NODE.exists() or not list((ROOT / "src-native" / "build").glob("engine.*.node")):
    raise unittest.SkipTest('the engine is not built; run "npm run setup"')

MOST = 24
# a question is trimmed text in practice; what stands before it is then a line's end
TEXTS = (
    "It's the red star's 4th, isn't it?",
    "a  b   c \t d\n\ne \r\n f ",
    "12 345 -- 6.7% (A) \"STOP\" IT'S we'll I'd",
    "naïve café, Straße, ﬀ, İ, ²½Ⅷ, e\u0301",
    "漢字とかな、한국어 العربية हिन्दी",
    "👩‍👩‍👧 🇨🇭 ❤️",
    "\u00a0x\u2003y\u200b z\u3000\u3000w \ufffd",
    "\x01\x02 \x1bq\x7f \x1c \x1dz\x85 \x85",
    "say <|im_start|",
)


class TestEngine(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def written(self, name: str) -> Files:
        model = tiny_model(name)
        write_model(self.folder, name, model, tokenizer())
        return files_of(self.folder, name, model)

    def test_prompts_and_greedy_answers_are_the_same(self) -> None:
        for name in ("target", "draft-text"):
            pairs = compare(tiny_model(name), tokenizer(), self.written(name), samples()[:4], MOST)
            self.assertEqual([pair.name for pair in pairs if not pair.same_prompt], [])
            self.assertLess(max(pair.off for pair in pairs), 0.05)
            for pair in pairs:
                # near-ties may fall differently: rounding differs between the two
                at = pair.same_start
                self.assertTrue(pair.same_answer or pair.torch.margins[at] < 0.05, pair.name)
            self.assertGreater(len({token for pair in pairs for token in pair.engine.ids}), 10)

    def test_the_picture_matters(self) -> None:
        files, model = self.written("target"), tiny_model()
        first, second = (torch.from_numpy(pixels_of(sample.picture.image, VIEW.side)) for sample in samples()[:2])
        self.assertFalse(torch.allclose(model.see(first[None])[1], model.see(second[None])[1], atol=0.05))
        seen = self.answers(files, ["What is this?"] * 2, [sample.picture.image for sample in samples()[:2]])
        self.assertNotEqual(seen[0].probabilities, seen[1].probabilities)

    def test_any_text_becomes_the_same_tokens(self) -> None:
        answers = self.answers(self.written("target"), list(TEXTS), [samples()[0].picture.image] * len(TEXTS))
        for text, answer in zip(TEXTS, answers):
            front = [*tokenizer().opening, *[IMAGE_TOKEN] * VIEW.grid**2]
            self.assertEqual(answer.prompt, [*front, *tokenizer().encode(text), *tokenizer().asked], repr(text))

    def answers(self, files: Files, questions: list[str], images: list) -> list[PlainAnswer]:
        """The engine's first answers to questions that no sample has."""
        data_set = self.folder / "set"
        (data_set / "images").mkdir(parents=True)
        with (data_set / "mmspec.jsonl").open("w") as out:
            for index, (question, image) in enumerate(zip(questions, images)):
                image.save(data_set / "images" / f"{index}.png")
                line = {"id": str(index), "image": f"{index}.png", "turns": [question], "category": "", "topic": ""}
                print(json.dumps(line), file=out)
        found = {line["id"]: line["turns"][0] for line in engine_lines(files, data_set, 1)}
        return [answer_of(found[str(index)]) for index in range(len(questions))]


if __name__ == "__main__":
    unittest.main()
