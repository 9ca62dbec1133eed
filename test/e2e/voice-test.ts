import { test as base, type TestInfo } from 'playwright/test';
import { microphoneArguments, type Scene, writeScene } from './recording.ts';
import { OssicleServer } from './server.ts';
import { type PageSetup, VoicePage } from './voice-page.ts';

export { expect } from 'playwright/test';

interface EachTest {
  /** Opens the page in a Chromium of its own, which is closed after the test. */
  readonly openPage: (setup?: Partial<PageSetup>) => Promise<VoicePage>;
  /** Opens the page with a recording as the microphone. */
  readonly openPageHearing: (scene: Scene, setup?: Partial<PageSetup>) => Promise<VoicePage>;
}

interface EachWorker {
  readonly server: OssicleServer;
}

/** Tests with the real server, the built page and a real Chromium. */
export const test = base.extend<EachTest, EachWorker>({
  server: [
    // Playwright insists on a pattern here, to read from it what the fixture needs.
    async ({ playwright: _ }, use) => {
      const server = await new OssicleServer().start();
      await use(server);
      await server.kill();
    },
    { scope: 'worker' },
  ],
  openPage: async ({ server }, use, testInfo) => {
    const pages: VoicePage[] = [];
    await use(async (setup = {}) => {
      const voice = await VoicePage.open({ origin: server.origin, ...setup });
      pages.push(voice);
      return voice;
    });
    for (const voice of pages) {
      if (testInfo.status !== testInfo.expectedStatus) await voice.attachTo(testInfo);
      await voice.close();
    }
  },
  openPageHearing: async ({ openPage }, use, testInfo) => {
    await use((scene, setup = {}) => openPage({ microphone: microphoneFor(scene, testInfo), ...setup }));
  },
});

/** Chromium's switches for a microphone that plays a scene, from a file in the test's own folder. */
export function microphoneFor(scene: Scene, testInfo: TestInfo): readonly string[] {
  const path = testInfo.outputPath(`${scene.clip ?? 'nobody'}.wav`);
  writeScene(scene, path);
  return microphoneArguments(path);
}
