import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core holds against the page as it stands, all of its rules but the experimental ones, a line for each.
 *
 * Source: https://github.com/dequelabs/axe-core, of the version in package-lock.json.
 */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // Evaluated rather than added to the page, whose policy allows no foreign script.
  await page.evaluate(AXE);
  // What fades in is judged as it will be seen.
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity);
    await Promise.all(passing.map(({ finished }) => finished.catch(() => undefined)));
  });
  const { violations } = await page.evaluate(async () => {
    const { axe } = window as unknown as { readonly axe: { run(): Promise<AxeResults> } };
    return await axe.run();
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ''}`),
  );
}
