"""Schedules are read strictly: what is unknown or missing is named."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from training_support import tiny_model

from specula_train.schedule import Schedule, load_schedule
from specula_train.sizes import LanguageSize, VisionSize
from specula_train.stages import run_stage

SCHEDULES = Path(__file__).resolve().parent.parent / "schedules"


class TestSchedule(unittest.TestCase):
    def changed(self, old: str, new: str) -> Schedule:
        text = (SCHEDULES / "cpu.toml").read_text()
        self.assertIn(old, text)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "mine.toml"
            file.write_text(text.replace(old, new, 1))
            return load_schedule(file)

    def test_every_schedule_has_all_stages_with_seeds_of_their_own(self) -> None:
        for file in sorted(SCHEDULES.glob("*.toml")):
            schedule = load_schedule(file)
            self.assertEqual(schedule.name, file.stem)
            self.assertEqual(list(schedule.models), ["target", "draft-vlm", "draft-text"])
            self.assertEqual(
                sorted(schedule.stages),
                ["draft-text", "draft-vlm", "heads", "target", "vision-draft-vlm", "vision-target", "words-target"],
            )
            taken: list[range] = []
            for name in ("vision-target", "vision-draft-vlm", "target"):
                stage = schedule.stages[name]
                seeds = range(stage.first_seed, stage.first_seed + stage.steps * stage.batch * schedule.machine.workers)
                self.assertTrue(all(seeds.stop <= other.start or other.stop <= seeds.start for other in taken), name)
                taken.append(seeds)
            self.assertLessEqual(max(seeds.stop for seeds in taken), 500_000_000, "where the seeds of the answers begin")
            for name, size in schedule.models.items():
                eyes = size.eyes(schedule.view)
                self.assertEqual(eyes is None, name == "draft-text")
                self.assertEqual(size.language(1216).vocabulary, 1216)

    def test_an_unknown_key_is_named_with_those_that_are_known(self) -> None:
        with self.assertRaisesRegex(ValueError, r"machine: unknown wrokers; known are .*workers"):
            self.changed("workers", "wrokers")
        with self.assertRaisesRegex(ValueError, r"stages\.vision-target: unknown momentum"):
            self.changed("[stages.vision-target]", "[stages.vision-target]\nmomentum = 0.9")

    def test_a_missing_key_or_table_is_named(self) -> None:
        with self.assertRaisesRegex(ValueError, r"losses: .*image_word"):
            self.changed("image_word = 1.5", "")
        with self.assertRaisesRegex(ValueError, r"mine\.toml: 'seed' is missing"):
            self.changed("seed = 1", "")

    def test_sizes_that_cannot_be_exported_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "inner width 48 equals the width"):
            VisionSize(96, 12, 48, 2, 2, 48)
        with self.assertRaisesRegex(ValueError, "even multiple of the heads"):
            LanguageSize(64, 36, 2, 4, 80)

    def test_an_unknown_stage_is_named_with_the_known_ones(self) -> None:
        schedule = load_schedule(SCHEDULES / "smoke.toml")
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(ValueError, '"taget"; stages: tokenizer, .*target'):
            run_stage("taget", schedule, Path(folder), None, Path(folder))

    def test_a_model_without_eyes_sees_nothing(self) -> None:
        with self.assertRaisesRegex(ValueError, "no vision model"):
            tiny_model("draft-text").see(None)


if __name__ == "__main__":
    unittest.main()
