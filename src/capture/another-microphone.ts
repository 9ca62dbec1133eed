import { isSpeechError } from '../errors.ts';
import type { Ms } from '../units.ts';
import { openMicrophone } from './microphone.ts';
import { waitForEvent } from './wait.ts';

/** How long a microphone is waited for where there is none for the moment. */
const NO_DEVICE_GRACE_MS: Ms = 2_000;

/**
 * Asks for the microphone that is the default one now that another was lost. Between two headsets there may be a moment
 * without any.
 *
 * @throws As {@link openMicrophone}.
 */
export async function openAnotherMicrophone(signal: AbortSignal): Promise<MediaStream> {
  try {
    return await openMicrophone(signal);
  } catch (error) {
    if (!isSpeechError(error) || error.code !== 'no-device') throw error;
    await waitForEvent(navigator.mediaDevices, 'devicechange', NO_DEVICE_GRACE_MS, signal);
    return openMicrophone(signal);
  }
}
