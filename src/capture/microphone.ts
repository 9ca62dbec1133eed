import { SpeechError } from '../errors.ts';

/**
 * What we ask of the microphone: its own sound. The browser's echo canceller, noise suppressor and automatic gain are
 * tuned for calls; they distort what a recogniser hears (arXiv 2512.17562) and hide the input's true level.
 */
const CONSTRAINTS: MediaStreamConstraints = {
  audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
};

interface PolicyDocument {
  readonly featurePolicy?: { allowsFeature(feature: string): boolean };
  readonly permissionsPolicy?: { allowsFeature(feature: string): boolean };
}

/**
 * Asks for the microphone.
 *
 * @returns A stream with one audio track; the caller stops it.
 * @throws SpeechError `insecure`, `unsupported`, `policy`, `denied`, `no-device` or `in-use`; the signal's reason.
 */
export async function openMicrophone(signal: AbortSignal): Promise<MediaStream> {
  signal.throwIfAborted();
  if (!isSecureContext) {
    throw new SpeechError('insecure', 'Browsers give a page the microphone only over https or on localhost.');
  }
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices?.getUserMedia === undefined || typeof AudioWorkletNode === 'undefined') {
    throw new SpeechError('unsupported', 'This browser lacks getUserMedia or AudioWorklet, which listening needs.');
  }
  try {
    const stream = await devices.getUserMedia(CONSTRAINTS);
    if (signal.aborted) closeMicrophone(stream);
    signal.throwIfAborted();
    return stream;
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error);
  }
}

/** Stops every track of the stream: the browser's recording mark goes out. */
export function closeMicrophone(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function explain(error: unknown): SpeechError {
  // An OverconstrainedError is no DOMException in WebKit.
  const name = error instanceof Error || error instanceof OverconstrainedError ? error.name : '';
  const cause = { cause: error };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return isForbiddenByPolicy()
        ? new SpeechError('policy', 'This page is not allowed to use the microphone (permissions policy).', cause)
        : new SpeechError('denied', 'The microphone was not allowed for this site.', cause);
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new SpeechError('no-device', 'No microphone was found.', cause);
    case 'NotReadableError':
    case 'AbortError':
      return new SpeechError('in-use', 'The microphone could not be opened: another program may be using it.', cause);
    default:
      return new SpeechError('internal', `The microphone could not be opened: ${String(error)}`, cause);
  }
}

function isForbiddenByPolicy(): boolean {
  const { permissionsPolicy, featurePolicy } = document as PolicyDocument;
  const policy = permissionsPolicy ?? featurePolicy;
  return policy !== undefined && !policy.allowsFeature('microphone');
}
