import { drawIcons } from './app-icons.ts';
import { takeScreenshots } from './app-screenshots.ts';

/** Draws and takes all pictures. */
export async function main(): Promise<void> {
  await drawIcons();
  await takeScreenshots();
}
