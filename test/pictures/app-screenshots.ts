import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { microphoneArguments, writeScene } from '../e2e/recording.ts';
import { OssicleServer } from '../e2e/server.ts';
import { VoicePage } from '../e2e/voice-page.ts';

const SCREENSHOTS = fileURLToPath(new URL('../../public/screenshots/', import.meta.url));
const CLIP = '8b705c12.flac';

/** The sizes that the manifest names. */
const SCREENS = [
  { name: 'app-narrow', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  { name: 'app-wide', viewport: { width: 1280, height: 800 } },
] as const;

/** Takes the screenshots of the manifest and the README: a spoken order, recognised by the real server. */
export async function takeScreenshots(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ossicle-pictures-'));
  const scene = join(folder, 'microphone.wav');
  writeScene({ clip: CLIP }, scene);
  const server = await new OssicleServer().start();
  try {
    for (const { name, ...context } of SCREENS) {
      const voice = await VoicePage.open({ origin: server.origin, microphone: microphoneArguments(scene), context });
      await voice.warm();
      await voice.press();
      await voice.heardText();
      await voice.page.waitForLoadState('networkidle');
      await voice.page.screenshot({ path: `${SCREENSHOTS}${name}.png`, animations: 'disabled' });
      await voice.close();
    }
  } finally {
    await server.kill();
    rmSync(folder, { recursive: true });
  }
}
