import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright/test';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * What axe-core holds against the page as it stands, all of its rules but the experimental ones, a line for each.
 *
 * Source: https://github.com/dequelabs/axe-core, of the version in package-lock.json.
 */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  // A page whose policy forbids foreign scripts is judged all the same.
  if (!isThere) await page.addScriptTag({ path: AXE });
  // What fades in is judged as it will be seen.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))),
  );
  const { violations } = await page.evaluate(async () => {
    const { axe } = window as unknown as { readonly axe: { run(): Promise<AxeResults> } };
    return await axe.run();
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ''}`),
  );
}
