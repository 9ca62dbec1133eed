/** Who hears what happens to an open microphone. */
export interface StreamListener {
  /** Its track ended, or its device is no longer there. */
  gone(): void;
  /** The device behind it now has another rate, which an audio context does not follow. */
  changed(): void;
  muted(isMuted: boolean): void;
  /** The permission that it was opened with was withdrawn. */
  refused(): void;
}

/**
 * Watches an open microphone until the signal is aborted.
 *
 * Browsers tell of a lost one in different ways: Firefox by `ended`, WebKit by `devicechange` alone while the track says
 * that it is live, Chromium not at all.
 */
export function watchStream(stream: MediaStream, listener: StreamListener, signal: AbortSignal): void {
  const track = stream.getAudioTracks()[0];
  if (track === undefined) return;
  const listen = { signal };
  track.addEventListener('ended', () => listener.gone(), listen);
  track.addEventListener('mute', () => listener.muted(true), listen);
  track.addEventListener('unmute', () => listener.muted(false), listen);
  if (track.readyState === 'ended') listener.gone();
  if (track.muted) listener.muted(true);
  const { deviceId, sampleRate } = track.getSettings();
  navigator.mediaDevices.addEventListener(
    'devicechange',
    () => {
      if (track.getSettings().sampleRate !== sampleRate) listener.changed();
      void isListed(deviceId).then((isThere) => {
        if (!isThere && !signal.aborted) listener.gone();
      });
    },
    listen,
  );
  void watchPermission(listener, signal);
}

/** True unless the system's list of microphones, with their ids in it, lacks this one. */
async function isListed(deviceId: string | undefined): Promise<boolean> {
  if (deviceId === undefined || deviceId === '') return true;
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const microphones = devices.filter(({ kind }) => kind === 'audioinput');
    // Without permission the ids are empty, and tell nothing.
    const isTelling = microphones.every((device) => device.deviceId !== '');
    return !isTelling || microphones.some((device) => device.deviceId === deviceId);
  } catch {
    return true;
  }
}

async function watchPermission(listener: StreamListener, signal: AbortSignal): Promise<void> {
  let status: PermissionStatus;
  try {
    status = await navigator.permissions.query({ name: 'microphone' });
  } catch {
    // This browser does not tell; the track's end will.
    return;
  }
  if (signal.aborted) return;
  let lastState = status.state;
  status.addEventListener(
    'change',
    () => {
      // A permission for this once may read "prompt" all along: only its withdrawal counts.
      const isWithdrawn = status.state === 'denied' || (lastState === 'granted' && status.state === 'prompt');
      lastState = status.state;
      if (isWithdrawn) listener.refused();
    },
    { signal },
  );
}
