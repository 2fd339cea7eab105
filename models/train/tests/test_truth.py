"""Answers against pictures: worked out a second time, and looked up in the pixels."""

import json
import unittest
from collections import Counter

import numpy as np
import rederive
from support import samples, turns

from specula_data.check import is_right
from specula_data.labels import CLASSES, patch_labels
from specula_data.marked import Span
from specula_data.pictures.sign import WHITE
from specula_data.sample import Picture
from specula_data.words import BACKGROUNDS, COLORS

RGB = {**BACKGROUNDS, **COLORS, "white": WHITE}
NOT_REDERIVED = ("caption", "describe", "talk")


def share(picture: Picture, region: tuple[float, ...], color: str, jitter: int = 14) -> float:
    """The part of a region that has a colour."""
    x, y, w, h = region
    pixels = np.asarray(picture.image)[
        round(y) : max(round(y) + 1, round(y + h)), round(x) : max(round(x) + 1, round(x + w))
    ].astype(int)
    return float((abs(pixels - RGB[color]).max(axis=2) <= jitter).mean())


def box(r) -> tuple[float, ...]:  # noqa: ANN001
    return (r.x, r.y, r.w, r.h)


class Answers(unittest.TestCase):
    def test_agree_with_a_second_derivation(self) -> None:
        checked: Counter[str] = Counter()
        for sample, turn in turns():
            about = json.loads(json.dumps(sample.picture.about))
            wanted = rederive.answer(turn.kind, turn.question, about)
            if wanted is None:
                self.assertTrue(any(word in turn.kind for word in NOT_REDERIVED), turn.kind)
                continue
            checked[turn.kind] += 1
            self.assertEqual(list(turn.expect.values), wanted, (sample.seed, turn.question))
        self.assertGreater(len(checked), 60)

    def test_are_right_by_their_own_judge(self) -> None:
        for sample, turn in turns():
            self.assertTrue(
                is_right(turn.skill, turn, str(turn.answer)),
                (sample.seed, turn.kind, turn.question, str(turn.answer), turn.expect),
            )

    def test_captions_name_every_shape_where_it_is(self) -> None:
        for sample, turn in turns():
            if turn.kind != "detailed caption":
                continue
            text = str(turn.answer)
            for shape in sample.picture.about["shapes"]:
                name = f"{shape['size']} {shape['color']} {shape['shape']}"
                place = f"the {rederive.PLACES[shape['cell']]}, "
                self.assertTrue(any(place in s and name in s for s in text.split(". ")), (name, text))


class Regions(unittest.TestCase):
    def test_lie_inside_the_picture(self) -> None:
        for sample, turn in turns():
            w, h = sample.picture.image.size
            for span in turn.answer.spans():
                self.assertTrue(span.regions, span)
                for r in span.regions:
                    self.assertTrue(
                        r.x >= 0
                        and r.y >= 0
                        and r.x + r.w <= w + 0.01
                        and r.y + r.h <= h + 0.01
                        and r.w > 1
                        and r.h > 1,
                        (sample.seed, span),
                    )

    def test_spans_are_the_words_they_claim(self) -> None:
        for _, turn in turns():
            text = str(turn.answer)
            last = 0
            for span in turn.answer.spans():
                self.assertEqual(text[span.start : span.end], span.text)
                self.assertGreaterEqual(span.start, last)
                last = span.end
                if span.spelled:
                    self.assertEqual(len(span.regions), len(span.text))

    def test_every_colour_is_there_in_the_pixels(self) -> None:
        checked: Counter[str] = Counter()
        for sample, turn in turns():
            for span in turn.answer.spans():
                if span.about == "color":
                    best = max(share(sample.picture, box(r), span.text) for r in span.regions)
                    self.assertGreater(
                        best,
                        0.03 if "letters" in turn.kind or sample.picture.kind == "sign" else 0.1,
                        (sample.seed, turn.kind, span),
                    )
                    checked["color"] += 1
                elif span.about == "background" and span.text in BACKGROUNDS:
                    colors = BACKGROUNDS[span.text]
                    for r in span.regions:
                        pixels = np.asarray(sample.picture.image)[
                            int(r.y) : int(r.y + r.h), int(r.x) : int(r.x + r.w)
                        ].astype(int)
                        self.assertLessEqual(abs(pixels - colors).max(), 5, (sample.seed, span))
                    checked["background"] += 1
        self.assertGreater(checked["color"], 1000)
        self.assertGreater(checked["background"], 200)

    def test_characters_and_shapes_are_drawn_there(self) -> None:
        for sample, turn in turns():
            for span in turn.answer.spans():
                if span.spelled or span.about == "letter" or span.about == "shape":
                    for r in span.regions[:1] if not span.spelled else span.regions:
                        self.assertGreater(self._contrast(sample.picture, span, r), 45, (sample.seed, turn.kind, span))

    def _contrast(self, picture: Picture, span: Span, r) -> float:  # noqa: ANN001
        pad = 4 if span.about == "shape" else 0
        top, left = max(0, int(r.y) - pad), max(0, int(r.x) - pad)
        pixels = np.asarray(picture.image)[top : int(r.y + r.h) + pad, left : int(r.x + r.w) + pad].astype(int)
        return float((pixels.max(axis=(0, 1)) - pixels.min(axis=(0, 1))).max())

    def test_words_that_follow_from_the_text_are_not_marked(self) -> None:
        for _, turn in turns():
            text = str(turn.answer)
            at = text.rfind("So ")
            if at >= 0:
                self.assertTrue(all(span.end <= at for span in turn.answer.spans()), text)

    def test_hidden_shapes_stay_visible(self) -> None:
        for sample in samples():
            if sample.picture.kind != "scene":
                continue
            for shape in sample.picture.about["shapes"]:
                whole = {
                    "circle": 0.78,
                    "square": 1,
                    "triangle": 0.5,
                    "diamond": 0.5,
                    "star": 0.3,
                    "cross": 0.6,
                    "heart": 0.6,
                }[shape["shape"]]
                self.assertGreater(
                    share(sample.picture, tuple(shape["region"]), shape["color"]) / whole, 0.5, (sample.seed, shape)
                )

    def test_shapes_of_different_places_do_not_overlap(self) -> None:
        for sample in samples():
            shapes = sample.picture.about.get("shapes", [])
            for a in shapes:
                for b in shapes:
                    if a["cell"] < b["cell"]:
                        (ax, ay, aw, ah), (bx, by, bw, bh) = a["region"], b["region"]
                        apart = ax + aw < bx or bx + bw < ax or ay + ah < by or by + bh < ay
                        wide = min(ax + aw, bx + bw) - max(ax, bx)
                        tall = min(ay + ah, by + bh) - max(ay, by)
                        self.assertTrue(apart or min(wide, tall) < 0.12 * min(aw, ah, bw, bh), (sample.seed, a, b))


class PatchLabels(unittest.TestCase):
    def test_every_character_of_a_sign_has_its_patch(self) -> None:
        for sample in samples()[:600]:
            labels = patch_labels(sample.picture)
            self.assertEqual(set(labels), set(CLASSES))
            if sample.picture.kind == "sign":
                count = sum(len(line["text"]) for board in sample.picture.about["boards"] for line in board["lines"])
                self.assertEqual(int((labels["character"] > 0).sum()), count, sample.seed)
            if sample.picture.kind == "scene":
                self.assertGreaterEqual(int((labels["background"] > 0).sum()), 4)
                self.assertGreater(int((labels["shape"] > 0).sum()), 0)

    def test_names_extremes_and_arrows_are_labelled_where_they_are(self) -> None:
        for sample in samples()[:600]:
            kind, about = sample.picture.kind, sample.picture.about
            labels = {name: array[array > 0] for name, array in patch_labels(sample.picture).items()}
            names = {CLASSES["item"][k - 1] for k in labels["item"]}
            if kind == "table":
                self.assertEqual(names, {item["name"] for item in about["items"]}, sample.seed)
            if kind == "diagram":
                path = [box["letter"] for box in about["path"]]
                after = [CLASSES["after"][k - 1] for k in labels["after"]]
                before = [CLASSES["before"][k - 1] for k in labels["before"]]
                self.assertCountEqual(after, [*path[1:], "end"], sample.seed)
                self.assertCountEqual(before, ["begin", *path[:-1]], sample.seed)
                self.assertEqual(len(labels["arrow"]), len(path) - 1)
            shown = {"scene": "shapes", "table": "items", "bars": "items", "diagram": "path"}.get(kind)
            if shown:
                self.assertEqual([CLASSES["count"][k - 1] for k in labels["count"]], [str(len(about[shown]))])
            if kind in ("bars", "table"):
                self.assertEqual(set(labels["extreme"].tolist()), {1, 2})


if __name__ == "__main__":
    unittest.main()
