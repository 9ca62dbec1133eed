import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { encodeWavPcm16 } from '../src/dsp/wav.ts';

/** The body of a transcription request, made to break the server. */
export interface HostileBody {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One way of making them. */
export interface HostileKind {
  readonly name: string;
  readonly bodies: fc.Arbitrary<HostileBody>;
}

const FIXTURES = new URL('fixtures/', import.meta.url);
/** The files are about as long: faint tones of a quarter of a second, so that one that survives costs little. */
const FILE_BYTES = 2_000;
const BOUNDARY = 'ossicle-fuzz';
const FIELDS = ['model', 'language', 'response_format', 'stream', 'include[]', 'prompt', 'file'];

/** Values that parsers stumble over: none, one, the largest of either sign. */
const nastyNumber = fc.oneof(fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff), fc.nat(0xffff_ffff));

type Damage = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

/** Overwrites a number of 4 bytes, mostly near the start, where headers are. */
const overwritten: fc.Arbitrary<Damage> = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: fc.nat(80) }, fc.nat(FILE_BYTES)), nastyNumber, fc.boolean())
  .map(([at, value, isLittle]) => (bytes) => {
    const copy = bytes.slice();
    if (at + 4 <= copy.length) new DataView(copy.buffer).setUint32(at, value, isLittle);
    return copy;
  });
const flipped: fc.Arbitrary<Damage> = fc.tuple(fc.nat(FILE_BYTES), fc.nat(255)).map(([at, value]) => (bytes) => {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = value;
  return copy;
});
const cut: fc.Arbitrary<Damage> = fc.nat(FILE_BYTES).map((length) => (bytes) => bytes.slice(0, length));
const repeated: fc.Arbitrary<Damage> = fc.tuple(fc.nat(FILE_BYTES), fc.nat(400)).map(([from, length]) => (bytes) => {
  const part = bytes.slice(from, from + length);
  return joined([bytes.slice(0, from), part, part, bytes.slice(from + length)]);
});
const damages = fc.array(fc.oneof({ weight: 4, arbitrary: overwritten }, flipped, cut, repeated), {
  minLength: 1,
  maxLength: 4,
});

/** All kinds: damaged files of every format, files that only begin like audio, odd fields, broken forms. */
export async function hostileKinds(): Promise<readonly HostileKind[]> {
  const files = {
    WAV: encodeWavPcm16(new Int16Array(1_200), 16_000),
    FLAC: await fixture('flac/verbatim.flac'),
    Ogg: await fixture('compressed/tone.ogg'),
    WebM: await fixture('compressed/tone.webm'),
    MP3: await fixture('compressed/tone.mp3'),
  };
  return [
    ...Object.entries(files).map(([name, file]) => ({
      name: `damaged ${name} files`,
      bodies: damages.map((steps) => formWith(steps.reduce((bytes, step) => step(bytes), file))),
    })),
    { name: 'files that begin like audio', bodies: beginnings },
    { name: 'odd fields', bodies: oddFields(files.WAV) },
    { name: 'broken forms', bodies: brokenForms },
  ];
}

/**
 * What is wrong with the answer to a hostile body: it must be a text, or a refusal in OpenAI's shape that blames the
 * request.
 *
 * @returns Undefined when nothing is.
 */
export async function faultOf(response: Response): Promise<string | undefined> {
  const body = await response.text();
  if (response.status === 200) return undefined;
  if (response.status < 400 || response.status >= 500) return `${response.status}: ${body}`;
  const { error }: { readonly error?: { readonly message?: unknown; readonly type?: unknown } } = JSON.parse(body);
  return typeof error?.message === 'string' && typeof error.type === 'string' ? undefined : `no error in: ${body}`;
}

/** Posts one. */
export function postHostile(origin: string, { contentType, bytes }: HostileBody): Promise<Response> {
  return fetch(`${origin}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'Content-Type': contentType },
    body: bytes,
  });
}

const beginnings = fc
  .tuple(
    fc.constantFrom('RIFF', 'RF64', 'fLaC', 'OggS', 'ID3', '\xff\xfb', '\x1aE\xdf\xa3', ''),
    fc.uint8Array({ maxLength: 400 }),
  )
  .map(([mark, rest]) => formWith(joined([latin1(mark), rest.slice()])));

const oddFields = (file: Uint8Array<ArrayBuffer>): fc.Arbitrary<HostileBody> =>
  fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), fc.string({ unit: 'binary' })), { maxLength: 5 })
    .map((fields) => formWith(file, fields));

const line = fc.oneof(
  fc.constantFrom('--x', '--x--', 'Content-Disposition: form-data; name="file"; filename="a.wav"', ''),
  fc.constantFrom('Content-Disposition: form-data', 'Content-Type: audio/wav', 'RIFF', '\u0000'),
  fc.string(),
);
const brokenForms: fc.Arbitrary<HostileBody> = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', '\n'), fc.string())
  .map(([lines, end, boundary]) => ({
    contentType: `multipart/form-data; boundary=${/^[\x21-\x7e]+$/.test(boundary) ? boundary : 'x'}`,
    bytes: new TextEncoder().encode(lines.join(end)),
  }));

function formWith(
  file: Uint8Array<ArrayBuffer>,
  fields: readonly (readonly [name: string, value: string])[] = [],
): HostileBody {
  const part = (head: string, body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] => [
    latin1(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    body,
    latin1('\r\n'),
  ];
  const parts = fields.flatMap(([name, value]) => part(`name="${name}"`, new TextEncoder().encode(value)));
  const bytes = joined([...parts, ...part('name="file"; filename="clip.wav"', file), latin1(`--${BOUNDARY}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${BOUNDARY}`, bytes };
}

async function fixture(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(path, FIXTURES)));
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (each) => each.charCodeAt(0));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
