"""Pictures of pages with 256 colours at most: a third of the bytes, and no eye sees the difference."""

import base64
import struct
import zlib

from playwright.sync_api import Page

# Greedily, the colour whose absence would be seen most: how often it is there times how far it is from those chosen.
_REDUCE = """async (encoded) => {
  const image = new Image();
  image.src = "data:image/png;base64," + encoded;
  await image.decode();
  const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const pixels = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const known = [...counts].map(([colour, count]) => ({ colour, count, parts: parts(colour), far: 1e9, place: 0 }));
  const palette = [];
  while (palette.length < Math.min(256, known.length)) {
    const next = known.reduce((worst, one) => (one.count * one.far > worst.count * worst.far ? one : worst));
    for (const one of known) {
      const far = one.parts.reduce((sum, part, at) => sum + (part - next.parts[at]) ** 2, 0);
      if (far < one.far) Object.assign(one, { far, place: palette.length });
    }
    palette.push(next);
  }
  const places = new Map(known.map((one) => [one.colour, one.place]));
  let text = "";
  for (const pixel of pixels) text += String.fromCharCode(places.get(pixel));
  const colours = palette.map((one) => one.parts);
  return { width: image.width, height: image.height, colours, indices: btoa(text) };
}"""


def reduce_colours(picture: bytes, *, studio: Page) -> bytes:
    """The PNG with a palette; `studio` is a blank page whose browser counts the colours."""
    found = studio.evaluate(_REDUCE, base64.b64encode(picture).decode())
    width, indices = found["width"], base64.b64decode(found["indices"])
    lines = b"".join(b"\0" + indices[start : start + width] for start in range(0, len(indices), width))
    header = struct.pack(">IIBBBBB", width, found["height"], 8, 3, 0, 0, 0)
    palette = bytes(part for colour in found["colours"] for part in colour)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
