import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { CHROMIUM_ARGUMENTS, findChromium } from '../chromium.mjs';

const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));
const GROUND = '#0a4a37';
const INK = '#f3f9f5';

/** The microphone and the magnifying glass of the page, on a 24 grid. */
const SPEAK = '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>';
const TYPE = '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>';

/** Draws the icons of the web app manifest and Apple's. */
export async function drawIcons(): Promise<void> {
  const mark = readFileSync(`${PUBLIC}favicon.svg`, 'utf8');
  mkdirSync(`${PUBLIC}icons`, { recursive: true });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_ARGUMENTS],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const page = await browser.newPage();
    const draw = async (name: string, size: number, svg: string): Promise<void> => {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(
        `<style>html, body { margin: 0; background: none } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`,
      );
      writeFileSync(`${PUBLIC}${name}`, await page.screenshot({ omitBackground: true }));
    };
    for (const size of [192, 512]) {
      await draw(`icons/icon-${size}.png`, size, mark);
      await draw(`icons/maskable-${size}.png`, size, fullGround(mark));
    }
    await draw('icons/speak-96.png', 96, shortcut(SPEAK));
    await draw('icons/type-96.png', 96, shortcut(TYPE));
    await draw('apple-touch-icon.png', 180, fullGround(mark));
  } finally {
    await browser.close();
  }
}

/**
 * The mark on a ground without corners, which the system cuts to its own shape. It is drawn within the middle 80 %,
 * which every shape leaves. Source: W3C Web Application Manifest, "Icon masks and safe zone".
 */
function fullGround(mark: string): string {
  const strokes = mark.replace(/^[\s\S]*?<rect[^>]*>/, '').replace('</svg>', '');
  const inner = `<g transform="translate(32 32) scale(0.8) translate(-32 -33)">${strokes}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="${GROUND}"/>${inner}</svg>`;
}

function shortcut(strokes: string): string {
  const inner = `<g transform="translate(12 12)" fill="none" stroke="${INK}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${strokes}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><circle cx="24" cy="24" r="24" fill="${GROUND}"/>${inner}</svg>`;
}
