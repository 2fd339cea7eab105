"""The model's square: compared with Pillow and with sums done by hand."""

import random
import unittest

import support  # noqa: F401
from PIL import Image, ImageChops

from specula_data.canvas import Canvas, text_width
from specula_data.fonts import FONTS, MissingFont, font
from specula_data.pictures.sign import make_sign
from specula_data.view import PAD_COLOR, Rect, View, letterbox, on_view, patch_weights, patches_of, place


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))


class Letterbox(unittest.TestCase):
    def test_equals_a_direct_pillow_computation(self) -> None:
        for (w, h), side, (nw, nh), (x, y) in (
            ((300, 200), 96, (96, 64), (0, 16)),
            ((200, 300), 96, (64, 96), (16, 0)),
            ((560, 315), 144, (144, 82), (0, 31)),
            ((500, 400), 144, (144, 116), (0, 14)),
            ((97, 96), 96, (96, 96), (0, 0)),
            ((50, 60), 96, (80, 96), (8, 0)),
        ):
            image = noise(w, h)
            wanted = Image.new("RGB", (side, side), PAD_COLOR)
            wanted.paste(image.resize((nw, nh), Image.Resampling.BICUBIC), (x, y))
            self.assertIsNone(ImageChops.difference(letterbox(image, side), wanted).getbbox(), (w, h, side))

    def test_a_picture_of_the_right_size_is_left_alone(self) -> None:
        image = noise(96, 96)
        self.assertEqual(letterbox(image, 96).tobytes(), image.tobytes())

    def test_rounds_up_as_32_bit_floats_do(self) -> None:
        self.assertEqual(place(384, 512, 144).width, 108)
        self.assertEqual(place(448, 336, 144).height, 108)


class Patches(unittest.TestCase):
    view = View(144, 12)

    def test_a_region_of_one_patch(self) -> None:
        region = Rect(12 * 512 / 144, 24 * 512 / 144, 12 * 512 / 144, 12 * 512 / 144)
        weights = patch_weights(region, (512, 512), self.view)
        self.assertAlmostEqual(weights[2 * 12 + 1], 1)

    def test_padding_shifts_the_patches(self) -> None:
        self.assertEqual(on_view(Rect(0, 0, 512, 384), (512, 384), 144), Rect(0, 18, 144, 108))
        self.assertEqual(min(patch_weights(Rect(0, 0, 512, 384), (512, 384), self.view)), 12)

    def test_patches_of_several_regions(self) -> None:
        whole = Rect(0, 0, 512, 512)
        self.assertEqual(patches_of((whole,), (512, 512), self.view), list(range(144)))
        corners = (Rect(0, 0, 10, 10), Rect(502, 502, 10, 10))
        self.assertEqual(patches_of(corners, (512, 512), self.view), [0, 143])

    def test_a_region_outside_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            patch_weights(Rect(900, 900, 5, 5), (512, 512), self.view)


class Readability(unittest.TestCase):
    def test_no_two_glyphs_share_a_patch_in_any_view(self) -> None:
        for view in (View(96, 12), View(144, 12), View(192, 16), View(192, 12)):
            rng = random.Random(3)
            for _ in range(60):
                picture = make_sign(rng, view)
                for board in picture.facts.boards:
                    for line in board.lines:
                        seen = [on_view(g, picture.image.size, view.side) for g in line.glyphs]
                        for a, b in zip(seen, seen[1:]):
                            pitch = b.x + b.w / 2 - a.x - a.w / 2
                            self.assertGreater(pitch, view.patch, (view, line.text))

    def test_every_font_keeps_the_pitch(self) -> None:
        view = View()
        for face in FONTS:
            glyphs = Canvas((512, 384), view, (255, 255, 255)).glyphs("WilI10", 5, 40, face, 14, (0, 0, 0))
            scale = 512 / view.units
            self.assertTrue(all(g.w / scale >= 13 - 1e-6 for g in glyphs), face)
            self.assertAlmostEqual(sum(g.w for g in glyphs) / scale, text_width("WilI10", face, 14, view), 4)

    def test_a_missing_font_names_its_package(self) -> None:
        with self.assertRaisesRegex(MissingFont, "NoSuchFont.ttf is not installed"):
            font("NoSuchFont.ttf", 12)
        self.assertTrue(all(package.startswith("fonts-") for package in FONTS.values()))


if __name__ == "__main__":
    unittest.main()
