"""The folder format: MMSpec's five fields, the side file, the command line."""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from PIL import Image
from support import samples

from specula_data.check import is_right
from specula_data.classes import classes_file
from specula_data.folder import read_turns, write_folder
from specula_data.sample import TOPICS

SCRIPT = Path(__file__).resolve().parent.parent / "generate.py"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name) / "set"
        self.addCleanup(self.temporary.cleanup)

    def test_round_trip(self) -> None:
        chosen = samples()[:24]
        self.assertEqual(write_folder(self.folder, [(f"s_{k:03}", s) for k, s in enumerate(chosen)]), 24)
        read, turns = lines(self.folder / "mmspec.jsonl"), read_turns(self.folder)
        for line, sample in zip(read, chosen):
            self.assertEqual(list(line), ["id", "image", "turns", "category", "topic"])
            self.assertIn(line["topic"], TOPICS)
            with Image.open(self.folder / "images" / line["image"]) as image:
                self.assertEqual(image.convert("RGB").tobytes(), sample.picture.image.tobytes())
            self.assertEqual(line["turns"], [t.question for t in sample.turns])
            for stored, turn in zip(turns[line["id"]], sample.turns):
                self.assertEqual(
                    (stored.answer, stored.kind, stored.skill, stored.expect),
                    (str(turn.answer), turn.kind, turn.skill, turn.expect),
                )
                self.assertTrue(is_right(stored.skill, stored, stored.answer))

    def test_side_file_has_what_the_loader_reads(self) -> None:
        write_folder(self.folder, [(f"s_{k:03}", s) for k, s in enumerate(samples()[:60])])
        for line in lines(self.folder / "answers.jsonl"):
            self.assertTrue(isinstance(line["id"], str) and line["id"])
            for answer in line["answers"]:
                self.assertIsInstance(answer["text"], str)
                at = 0
                for word, span in zip(answer["imageWords"], answer["spans"], strict=True):
                    self.assertEqual(answer["text"][span["start"] : span["end"]], word)
                    at = answer["text"].index(word, at) + len(word)
                    self.assertTrue(all(len(region) == 4 for region in span["regions"]))

    def test_word_classes_are_written_for_the_app(self) -> None:
        write_folder(self.folder, [("a", samples()[0])])
        written = json.loads((self.folder / "classes.json").read_text(encoding="utf-8"))
        self.assertEqual(written, classes_file())
        self.assertEqual(written["digits"]["seven"], "7")
        self.assertIn("red", written["classes"]["sized object"]["parts"][1])

    def test_a_data_set_is_not_overwritten(self) -> None:
        write_folder(self.folder, [("a", samples()[0])])
        with self.assertRaisesRegex(FileExistsError, "holds a data set already"):
            write_folder(self.folder, [("a", samples()[0])])


class CommandLine(unittest.TestCase):
    def run_script(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(SCRIPT), *args], capture_output=True, text=True, check=False)

    def test_writes_the_same_folder_twice_with_topics_shared_out(self) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            folders = [Path(temporary) / name for name in ("a", "b")]
            for folder in folders:
                done = self.run_script(
                    "--seed", "2000000000", "--count", "12", "--out", str(folder), "--preview", str(folder) + ".png"
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertRegex(done.stdout, r"12 samples from held-out seeds, \d+ per second")
            files = sorted(p.relative_to(folders[0]) for p in folders[0].rglob("*") if p.is_file())
            self.assertEqual(len(files), 15)
            for file in files:
                self.assertEqual((folders[0] / file).read_bytes(), (folders[1] / file).read_bytes(), file)
            topics = [line["topic"] for line in lines(folders[0] / "mmspec.jsonl")]
            self.assertEqual(topics, [t for t in TOPICS for _ in range(2)])
            with Image.open(str(folders[0]) + ".png") as sheet:
                self.assertGreater(sheet.height, 600)

    def test_errors_name_the_remedy(self) -> None:
        for args, words in (
            (("--seed", "1", "--count", "1"), "give --out FOLDER or --preview"),
            (("--seed", "1", "--count", "0", "--out", "x"), "at least 1 sample"),
            (("--seed", "-5", "--count", "1", "--out", "x"), "in no range"),
            (("--seed", "1", "--count", "1", "--out", "x", "--side", "100"), "multiple of the patch"),
        ):
            done = self.run_script(*args)
            self.assertNotEqual(done.returncode, 0)
            self.assertTrue(re.search(words, done.stderr), done.stderr)


if __name__ == "__main__":
    unittest.main()
