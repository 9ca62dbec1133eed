import type { Page } from 'playwright/test';
import type { VoiceSearchElement } from '../../src/element/element.ts';
import { OssicleServer } from './server.ts';
import { test as base } from './voice-test.ts';
import { WidgetSite } from './widget-site.ts';

/** Somebody else's site, and the speech server that it uses. */
export interface Widget {
  readonly site: WidgetSite;
  readonly speech: OssicleServer;
}

/** Tests of the tag in a site of its own. */
export const test = base.extend<object, { readonly widget: Widget }>({
  widget: [
    async ({ playwright: _ }, use) => {
      const site = await new WidgetSite().start();
      const speech = await new OssicleServer(['--allow-origin', site.origin]).start();
      await use({ site, speech });
      await speech.kill();
      await site.stop();
    },
    { scope: 'worker' },
  ],
});

/** The state of the page's element. */
export function state(page: Pick<Page, 'locator'>): Promise<string> {
  return page.locator('voice-search').evaluate((element) => (element as VoiceSearchElement).state);
}
