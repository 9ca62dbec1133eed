import decodeQR from 'qr/decode.js';

/** Pixels for each module: what a camera sees is never one for one. */
const SCALE = 4;

/** Halves of a character that are light, as a terminal with dark paper shows them: above and below. */
const HALVES: Readonly<Record<string, readonly [above: boolean, below: boolean]>> = {
  '█': [true, true],
  '▀': [true, false],
  '▄': [false, true],
  ' ': [false, false],
};

/**
 * Reads a QR code that was printed in block characters.
 *
 * @throws Error when the lines hold none.
 */
export function readPrintedQrCode(lines: readonly string[]): string {
  const rows = lines.flatMap((line) => {
    const halves = [...line].map((character) => HALVES[character] ?? [false, false]);
    return [halves.map(([above]) => above), halves.map(([, below]) => below)];
  });
  const columnCount = Math.max(...rows.map((row) => row.length));
  const width = columnCount * SCALE;
  const height = rows.length * SCALE;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isLight = rows[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] ?? false;
      data.fill(isLight ? 255 : 0, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return decodeQR({ width, height, data });
}
