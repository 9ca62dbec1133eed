import { parentPort } from 'node:worker_threads';
import type { CompressedFormat } from './audio-format.ts';
import { type DecodedAudio, refusedFile } from './audio-limits.ts';
import type { FromDecodeWorker, ToDecodeWorker } from './decode-messages.ts';
import { decodeMp3File } from './mp3-file.ts';
import { RefusedRequest } from './openai-error.ts';
import { decodeOpusFile } from './opus-file.ts';

/** Entry of the decode worker: files in, samples out, one at a time. It may be terminated at any moment. */
function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('decode-worker runs as a worker thread only.');
  const post = (message: FromDecodeWorker, transferred: ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred);
  port.on('message', ({ file, format }: ToDecodeWorker) => {
    decode(file, format, () => post({ type: 'started' })).then(
      ({ rateHz, channels }) => {
        const samples = Float32Array.from(channels[0] ?? []);
        post({ type: 'decoded', samples, rateHz }, [samples.buffer]);
      },
      (thrown: unknown) => {
        if (thrown instanceof RefusedRequest) post({ type: 'refused', refusal: thrown.refusal });
        else post({ type: 'fault', message: thrown instanceof Error ? thrown.message : String(thrown) });
      },
    );
  });
}

async function decode(file: Uint8Array, format: CompressedFormat, started: () => void): Promise<DecodedAudio> {
  try {
    if (format === 'mp3') await import('mpg123-decoder');
    else await Promise.all([import('mediabunny'), import('opus-decoder')]);
    started();
    return await (format === 'mp3' ? decodeMp3File(file) : decodeOpusFile(file, format));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND')) throw thrown;
    const packages = format === 'mp3' ? 'mpg123-decoder' : 'mediabunny opus-decoder';
    throw refusedFile(
      `This server lacks the decoder for this file: send WAV or FLAC, or have it run "npm install ${packages}".`,
      'unsupported_format',
    );
  }
}

main();
