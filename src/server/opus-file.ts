import type { Hz } from '../units.ts';
import { type DecodedAudio, MAX_AUDIO_SECONDS, refusedFile } from './audio-limits.ts';
import { MonoCollector } from './mono-collector.ts';

/** libopus decodes to this rate whatever went in. */
const OPUS_RATE_HZ: Hz = 48_000;
/** RFC 6716, section 2: the shortest packet is 2.5 ms, so that 60 s hold at most as many. */
const MAX_PACKET_COUNT: number = MAX_AUDIO_SECONDS * 400 + 400;
/** RFC 7845, section 5.1: "OpusHead", version, channel count, pre-skip (little endian). */
const HEAD_BYTES = 19;
const PRE_SKIP_AT = 10;

/**
 * Decodes the first audio track of an Ogg or WebM file, which must be Opus in one or two channels.
 *
 * @param bytes The whole file; read only.
 * @returns Mono at 48 kHz without the encoder's delay.
 * @throws RefusedRequest 400 for a file at fault; `ERR_MODULE_NOT_FOUND` without the packages.
 */
export async function decodeOpusFile(bytes: Uint8Array, container: 'ogg' | 'webm'): Promise<DecodedAudio> {
  const { BufferSource, EncodedPacketSink, Input, OGG, WEBM } = await import('mediabunny');
  const { OpusDecoder } = await import('opus-decoder');
  const name = container === 'ogg' ? 'Ogg' : 'WebM';
  const input = new Input({ source: new BufferSource(bytes), formats: [container === 'ogg' ? OGG : WEBM] });
  const damaged = (reason: unknown): Error => refusedFile(`The ${name} file cannot be read: ${reasonOf(reason)}`);

  const track = await input.getPrimaryAudioTrack().catch((reason: unknown) => {
    throw damaged(reason);
  });
  if (track === null) throw refusedFile(`The ${name} file holds no audio track.`);
  if (track.codec !== 'opus') {
    const codec = track.codec ?? 'an unknown codec';
    throw refusedFile(`The ${name} file holds ${codec}; in Ogg and WebM only Opus is read.`, 'unsupported_format');
  }
  const channelCount = track.numberOfChannels;
  if (channelCount !== 1 && channelCount !== 2) {
    throw refusedFile(`The ${name} file has ${channelCount} channels; send one or two.`);
  }
  const head = (await track.getDecoderConfig())?.description;
  const decoder = new OpusDecoder({ channels: channelCount, preSkip: preSkipIn(head) });
  await decoder.ready;
  try {
    const collected = new MonoCollector(OPUS_RATE_HZ);
    let packetCount = 0;
    let endSeconds = Number.POSITIVE_INFINITY;
    for await (const packet of packetsOf(new EncodedPacketSink(track).packets(), damaged)) {
      packetCount += 1;
      if (packetCount > MAX_PACKET_COUNT) throw damaged('it holds more packets than its audio can need');
      const { channelData, errors } = decodeFrame(decoder, packet.data, damaged);
      if (errors.length > 0) throw damaged(`packet ${packetCount} is damaged`);
      collected.add(channelData);
      // Ogg's last page says where the sound ends inside the last packet; a WebM packet need not say how long it is.
      if (container === 'ogg') endSeconds = packet.timestamp + packet.duration;
    }
    const samples = collected.samples(Math.round(Math.min(endSeconds, 2 * MAX_AUDIO_SECONDS) * OPUS_RATE_HZ));
    return { rateHz: OPUS_RATE_HZ, channels: [samples] };
  } finally {
    decoder.free();
  }
}

async function* packetsOf<T>(packets: AsyncIterable<T>, damaged: (reason: unknown) => Error): AsyncGenerator<T> {
  const iterator = packets[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next().catch((reason: unknown) => {
      throw damaged(reason);
    });
    if (next.done === true) return;
    yield next.value;
  }
}

function decodeFrame<T>(
  decoder: { decodeFrame(packet: Uint8Array): T },
  packet: Uint8Array,
  damaged: (reason: unknown) => Error,
): T {
  try {
    return decoder.decodeFrame(packet);
  } catch (thrown) {
    // A packet larger than Opus allows does not fit the decoder's input.
    if (thrown instanceof RangeError) throw damaged('a packet is larger than Opus allows');
    throw thrown;
  }
}

function preSkipIn(head: ArrayBufferLike | ArrayBufferView | undefined): number {
  if (head === undefined || head.byteLength < HEAD_BYTES) return 0;
  const view = ArrayBuffer.isView(head)
    ? new DataView(head.buffer, head.byteOffset, head.byteLength)
    : new DataView(head);
  return view.getUint16(PRE_SKIP_AT, true);
}

function reasonOf(reason: unknown): string {
  const text = reason instanceof Error ? reason.message : String(reason);
  return `${(text.split('\n')[0] ?? '').slice(0, 200).replace(/\.$/, '')}.`;
}
