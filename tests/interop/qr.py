"""QR codes between us and strangers: python3 qr.py zbar|zxing|zxing-cpp|qrencode

The first three read what we draw; qrencode draws what we read.  Texts are compared bytewise.
"""

import json
import random
import re
import shutil
import sys

from check import BIN, PACKAGES, SOURCE, Checks, folder, missing, must, run, tbc, write

PANELS = ["portrait_21", "landscape_10", "landscape_15"]


# Whether a reader finds a code depends on what is in it: the same in every run, then.
dice = random.Random(20260202)


def base45_text(size):
    """The QR text of that many bytes."""
    return b"TBC1:" + must_tbc("base45", stdin=dice.randbytes(size)).rstrip(b"\n")


def printed_certificate():
    """The text that docs/PROTOCOL.md takes apart."""
    page = (SOURCE / "docs/PROTOCOL.md").read_text(encoding="utf-8")
    return re.search(r"^```text\n(TBC1:.*)\n```$", page, re.M).group(1).encode()


def must_tbc(*arguments, stdin=b""):
    code, out, err = tbc(*arguments, stdin=stdin)
    if code != 0:
        raise RuntimeError(f"tbc {arguments[0]}: exit {code}: {err.strip()}")
    return out


# ---- they read what we draw


def draw(work):
    """Every picture with the text that is in it."""
    pictures = {}
    texts = {
        "certificate": printed_certificate(),
        "largest_on_paper": base45_text(320),
        "largest_of_a_phone": base45_text(480),
        "smallest": base45_text(1),
    }
    for name, text in texts.items():
        place = work / f"{name}.drawn"
        place.mkdir()
        file = write(place / "text", text)
        must(BIN / "tbc-test-draw", SOURCE / "assets", file, place)
        for part in ["slip", "desk", *(f"screen-{panel}" for panel in PANELS)]:
            pictures[f"{name}_{part}".replace("-", "_")] = (place / f"{part}.png", text)
    for size in (2, 19, 100, 200, 319, 479):
        texts[f"{size}_bytes"] = base45_text(size)
    texts["link"] = b"https://tbc.example/a?b=c&d"
    texts["figures"] = b"01234567890123456789"
    for name, text in texts.items():
        path = work / f"{name}.png"
        must_tbc("qr", "--png", path, write(work / "text", text))
        pictures[f"{name}_png".replace("-", "_")] = (path, text)
    return pictures


def zbar(pictures):
    """The text in each, None where nothing was found."""
    only_qr = ["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"]
    found = {}
    for name, (path, _) in pictures.items():
        code, out, _ = run("zbarimg", *only_qr, path)
        found[name] = out.removesuffix(b"\n") if code == 0 and out else None
    return found


def zxing_cpp(pictures):
    """The library that tbc scan has inside, by a program and with settings of its own makers."""
    found = {}
    for name, (path, _) in pictures.items():
        code, out, _ = run("ZXingReader", "-format", "QRCode", "-bytes", path)
        found[name] = out if code == 0 and out else None
    return found


def zxing(pictures):
    """Another port of it, in JavaScript."""
    paths = [path for path, _ in pictures.values()]
    env = {"NODE_PATH": str(PACKAGES)}
    out = must("node", SOURCE / "tests/interop/stacks/zxing_read.js", *paths, env=env)
    texts = [None if text is None else text.encode() for text in json.loads(out)]
    return dict(zip(pictures, texts, strict=True))


def they_read(t, work, reader):
    pictures = draw(work)
    found = reader(pictures)
    for name, (_, text) in pictures.items():
        t.equal(f"{name}_is_read", found[name], text)
    blank = write(work / "blank.png", (work / "certificate.png").read_bytes()[:200])
    try:
        nothing = list(reader({"blank": (blank, b"")}).values())[0]
    except RuntimeError:
        nothing = None
    t.equal("half_a_picture_is_not_read", nothing, None)


# ---- we read what they draw


def encode(work, text, *options):
    """One more picture by qrencode."""
    encode.n += 1
    path = work / f"{encode.n}.png"
    must("qrencode", "-o", path, "-r", write(work / "text", text), *options)
    return path


encode.n = 0


def scan(paths):
    """What tbc scan finds in each, one text or None."""
    found = dict.fromkeys((str(path) for path in paths), None)
    for code in json.loads(tbc("scan", "--json", *paths)[1])["codes"]:
        found[code["file"]] = code["text"].encode()
    return [found[str(path)] for path in paths]


def check_lot(t, work, name, lot):
    """A lot of (text, options): every one must be read."""
    paths = [encode(work, text, *options) for text, options in lot]
    found = scan(paths)
    wrong = [
        f"{len(text)} letters, {' '.join(options)}"
        for (text, options), got in zip(lot, found, strict=True)
        if got != text
    ]
    t.that(f"{name}_are_read", not wrong, f"{len(wrong)} of {len(lot)}: {'; '.join(wrong[:4])}")


def we_read(t, work):
    sizes = (1, 20, 253, 320, 480)
    for level in "LMQH":
        for dots in (2, 3, 5, 8):
            lot = [(base45_text(size), ["-l", level, "-s", str(dots), "-m", str(m)]) for size in sizes for m in (4, 10)]
            check_lot(t, work, f"level_{level}_{dots}_dots", lot)
    check_lot(t, work, "narrow_margins", [(base45_text(n), ["-s", "4", "-m", str(m)]) for n in sizes for m in (1, 2, 3)])
    check_lot(t, work, "lengths_near_a_certificates_limit", [(base45_text(n), ["-s", "3"]) for n in range(300, 321)])
    check_lot(t, work, "lengths_near_a_live_proofs_limit", [(base45_text(n), ["-s", "3"]) for n in range(460, 481)])
    check_lot(t, work, "codes_in_byte_mode", [(base45_text(n), ["-8", "-s", "3"]) for n in sizes])
    kinds = [(base45_text(n), ["-s", "3", "-t", "PNG32"]) for n in sizes]
    check_lot(t, work, "codes_in_true_colour", kinds)
    colours = ["--foreground=102060", "--background=F4F0E0", "-s", "4"]
    check_lot(t, work, "codes_in_colour", [(base45_text(n), colours) for n in sizes])
    check_lot(t, work, "the_largest_codes_there_are", [(base45_text(n), ["-l", "L", "-s", "4"]) for n in (2000, 2860)])
    altered = encode(work, b"TBC1:ABC")
    t.equal("another_text_is_told_apart", scan([altered]), [b"TBC1:ABC"])


def main(name):
    t = Checks(f"interop/{name}")
    needed = {"zbar": "zbarimg", "zxing": "node", "zxing-cpp": "ZXingReader", "qrencode": "qrencode"}[name]
    if shutil.which(needed) is None:
        missing(t.suite, needed)
    if name == "zxing" and not (PACKAGES / "@zxing/library").is_dir():
        missing(t.suite, "@zxing/library")
    with folder() as work, t.part(name):
        if name == "qrencode":
            we_read(t, work)
        else:
            they_read(t, work, {"zbar": zbar, "zxing": zxing, "zxing-cpp": zxing_cpp}[name])
    t.finish()


if __name__ == "__main__":
    main(sys.argv[1])
