// ZXing as npm's @zxing/library has it, another port than the C++ that we use, on pictures that
// npm's pngjs decodes: prints a JSON list with the text in each, null where it finds none.
//
// Its search for the three corners falls for data that looks like a corner in one of five pictures
// that lie exactly straight, flawless as they are.  A hand never holds a phone so, and an app on a
// stream of frames has many looks; so this has some, from a little askew.
'use strict';

const fs = require('node:fs');
const { PNG } = require('pngjs');
const {
  BarcodeFormat, BinaryBitmap, DecodeHintType, HybridBinarizer, MultiFormatReader, NotFoundException,
  RGBLuminanceSource,
} = require('@zxing/library');

const hints = new Map([
  [DecodeHintType.POSSIBLE_FORMATS, [BarcodeFormat.QR_CODE]],
  [DecodeHintType.TRY_HARDER, true],
]);

const load = (path) => {
  const { width, height, data } = PNG.sync.read(fs.readFileSync(path));
  const grey = new Uint8ClampedArray(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = (data[4 * i] + 2 * data[4 * i + 1] + data[4 * i + 2]) / 4;
  return { grey, width, height };
};

// The picture turned by so many degrees and scaled, on white, between pixels by their distance.
const tilt = ({ grey, width, height }, degrees, factor) => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const at = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 255 : grey[y * width + x]);
  const out = {
    width: Math.ceil((width * cos + height * sin) * factor),
    height: Math.ceil((width * sin + height * cos) * factor),
  };
  out.grey = new Uint8ClampedArray(out.width * out.height);
  for (let i = 0; i < out.grey.length; i++) {
    const [u, v] = [((i % out.width) - out.width / 2) / factor, (Math.floor(i / out.width) - out.height / 2) / factor];
    const [x, y] = [cos * u + sin * v + width / 2, cos * v - sin * u + height / 2];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const row = (b) => at(left, b) * (left + 1 - x) + at(left + 1, b) * (x - left);
    out.grey[i] = row(top) * (top + 1 - y) + row(top + 1) * (y - top);
  }
  return out;
};

const looks = [(p) => p, (p) => tilt(p, 4, 0.8), (p) => tilt(p, 12, 0.8), (p) => tilt(p, 30, 1)];

const look = ({ grey, width, height }) => {
  try {
    const bitmap = new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(grey, width, height)));
    return new MultiFormatReader().decode(bitmap, hints).getText();
  } catch (e) {
    if (e instanceof NotFoundException) return null;
    throw e;
  }
};

const read = (path) => {
  const picture = load(path);
  let text = null;
  for (let i = 0; text === null && i < looks.length; i++) text = look(looks[i](picture));
  return text;
};

console.log(JSON.stringify(process.argv.slice(2).map(read)));
