import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SHEET = readFileSync(join(import.meta.dirname, '../../src/app/tokens.css'), 'utf8');
const [LIGHT = '', DARK = ''] = SHEET.split('@media (prefers-color-scheme: dark)').map((part) =>
  (part.split('@media')[0] ?? '').replaceAll(/\/\*[\s\S]*?\*\//g, ''),
);

function colours(css: string): Map<string, string> {
  return new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, colour!]));
}

const light = colours(LIGHT);
const SCHEMES = { light, dark: new Map([...light, ...colours(DARK)]) };

/** Source: WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

/** Ground, what is on it, and the contrast that it needs: WCAG 2.2, 1.4.3 (text) and 1.4.11 (what is pressed). */
const PAIRS = [
  ...['paper', 'surface', 'slip'].flatMap((ground) => [
    ...['ink', 'ink-soft', 'accent', 'problem'].map((text) => [ground, text, 4.5] as const),
    [ground, 'edge', 3] as const,
  ]),
  ['accent', 'on-accent', 4.5],
  ['accent-hover', 'on-accent', 4.5],
  ['lit', 'lit-ink', 4.5],
  ['lit', 'lit-soft', 4.5],
  ['lit', 'lit-bar', 3],
] as const;

describe.each(Object.entries(SCHEMES))('the colours, %s', (_name, scheme) => {
  it.each(PAIRS)('are told apart: on %s, %s at %d:1', (ground, on, least) => {
    expect(contrast(scheme.get(ground)!, scheme.get(on)!)).toBeGreaterThanOrEqual(least);
  });
});

describe('contrast as computed here', () => {
  it('is that of the standard: 21 for black on white, 4.54 for #767676', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });
});
