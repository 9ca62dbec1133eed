import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFlac } from '../../src/dsp/flac.ts';
import { mixToMono } from '../../src/dsp/mix.ts';
import { parseWav } from '../../src/dsp/wav.ts';
import { parseClipContract } from '../../src/front-end/clip-contract.ts';
import { KernelScorer } from '../../src/vad/kernel-scorer.ts';
import { runFrontEnd } from '../front-end-run.ts';
import { instantiateKernel } from '../kernel-run.ts';
import { type CommandEnd, runCommand } from '../run-command.ts';

const OSSICLE = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));
const KERNEL = fileURLToPath(new URL('../../dist/kernel/silero-v6-fp16.wasm', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../fixtures/audio/', import.meta.url));

/** Rates of 16, 22.05, 44.1 and 48 kHz; the same name in two folders; spaces, signs and letters beyond ASCII. */
const RECORDINGS: readonly (readonly [fixture: string, path: string])[] = [
  ['brooklyn_bridge_padded.flac', 'a/order.flac'],
  ['282d32e1.flac', 'b/order.flac'],
  ['LJ001-0008.flac', 'two words/#1 50% été ☕.flac'],
  ['jfk.flac', 'jfk.FLAC'],
  ['vctk_p286_011.flac', 'deep/er/rainbow.flac'],
];

function prep(...args: string[]): Promise<CommandEnd> {
  return runCommand(process.execPath, [OSSICLE, 'prep', ...args], folder);
}

/** Every file under a folder with the digest of its content. */
function tree(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), createHash('sha256').update(readFileSync(path)).digest('hex')])
      .sort(([a], [b]) => (a! < b! ? -1 : 1)),
  );
}

interface ManifestLine {
  readonly path: string;
  readonly source: string;
  readonly sourceSha256: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly clipLengthSeconds: number;
  readonly gainDb: number;
  readonly end: string;
}

function linesOf<Line>(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

let folder: string;
let recordings: string;
/** What one uninterrupted run made of the recordings. */
let whole: string;
let wholeRun: CommandEnd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-prep-'));
  recordings = join(folder, 'recordings');
  for (const [fixture, path] of RECORDINGS) {
    await mkdir(join(recordings, path, '..'), { recursive: true });
    await copyFile(join(FIXTURES, fixture), join(recordings, path));
  }
  await copyFile(join(FIXTURES, 'room_tone_1.flac'), join(recordings, 'room.flac'));
  await writeFile(join(recordings, 'notes.txt'), 'buy milk\n');
  await writeFile(join(recordings, '.hidden.wav'), 'not looked at');
  whole = join(folder, 'whole');
  wholeRun = await prep(recordings, whole, '--jobs', '1');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the clips of a training set', () => {
  it('are bit for bit what the front end gives for the same audio, 128 samples at a time', async () => {
    const module = await WebAssembly.compile(await readFile(KERNEL));
    const manifest = linesOf<ManifestLine>(join(whole, 'manifest.jsonl'));
    for (const [, path] of RECORDINGS) {
      const { rateHz, channels } = parseFlac(await readFile(join(recordings, path)));
      const samples = new Float32Array(channels[0]!.length);
      mixToMono(channels, samples);
      const live = runFrontEnd(samples, rateHz, new KernelScorer(instantiateKernel(module)), {
        queryEndMs: Number.POSITIVE_INFINITY,
        noSpeechMs: Number.POSITIVE_INFINITY,
      });
      const rows = manifest.filter(({ source }) => source === path);
      expect(live.segments.length).toBeGreaterThan(0);
      expect(rows).toHaveLength(live.segments.length);
      for (const [i, take] of live.segments.entries()) {
        const wav = await readFile(join(whole, rows[i]!.path));
        expect(parseWav(wav)).toMatchObject({ rateHz: 16_000, channelCount: 1 });
        // 16 bits a sample, little end first, after the header of 44 bytes.
        const written = Int16Array.from({ length: (wav.length - 44) / 2 }, (_, n) => wav.readInt16LE(44 + 2 * n));
        expect(Buffer.from(written.buffer).equals(Buffer.from(take.pcm16.buffer))).toBe(true);
        expect(rows[i]!.startSeconds).toBe(take.span.startSample / 16_000);
        expect(rows[i]!.endSeconds).toBe(take.span.endSample / 16_000);
        expect(rows[i]!.gainDb).toBeCloseTo(take.metrics.gainDb, 5);
        expect(rows[i]!.clipLengthSeconds).toBeCloseTo(take.pcm16.length / 16_000, 5);
        expect(rows[i]!.end).toBe(live.ends[i]);
      }
    }
  });

  it('stand in the manifest with their source, its digest and every input metric', () => {
    const lines = linesOf<Record<string, unknown>>(join(whole, 'manifest.jsonl'));
    const contract = createHash('sha256')
      .update(readFileSync(join(whole, 'clip-contract.json')))
      .digest('hex');
    for (const line of lines) {
      const source = readFileSync(join(recordings, String(line['source'])));
      expect(line['sourceSha256']).toBe(createHash('sha256').update(source).digest('hex'));
      expect(line['contractSha256']).toBe(contract);
      expect(existsSync(join(whole, String(line['path'])))).toBe(true);
      expect(Object.keys(line)).toEqual(
        expect.arrayContaining([
          ...['clipLengthSeconds', 'speechShare', 'activeLevelDbov', 'loudnessLufs', 'isLoudnessGated'],
          ...['noiseLevelDbfs', 'snrDb', 'gainDb', 'gainShortfallDb', 'truePeakDbtp', 'clippedRuns', 'dcOffset'],
          ...['dropoutCount', 'missingSamples', 'invalidSamples', 'rolloffHz', 'leadingSilenceMs'],
          ...['retractedTakeCount', 'deviceRateHz', 'end', 'speechStartSeconds', 'speechEndSeconds'],
        ]),
      );
    }
    const clips = Object.keys(tree(join(whole, 'clips'))).map((path) => `clips/${path}`);
    expect(lines.map((line) => line['path']).sort()).toEqual(clips.sort());
  });

  it('come with a contract that can be read back', () => {
    const contract = parseClipContract(JSON.parse(readFileSync(join(whole, 'clip-contract.json'), 'utf8')));
    const kernel = createHash('sha256').update(readFileSync(KERNEL)).digest('hex');
    expect(contract.kernel).toEqual({ name: 'silero-v6-fp16', sha256: kernel });
    expect(contract.preset).toBe('search');
  });

  it('come with a report in words, which standard output shows', () => {
    const report = readFileSync(join(whole, 'report.txt'), 'utf8');
    expect(wholeRun.exitCode).toBe(0);
    expect(wholeRun.stdout.startsWith(report.trimEnd())).toBe(true);
    expect(report).toMatch(/^6 recordings of \d+\.\d s became \d+ clips of \d+\.\d s\.$/m);
    expect(report).toContain('No speech was found in 1:\n  room.flac (10.00 s)');
    expect(report).toContain('Passed over, neither WAV nor FLAC by name: 1 .txt.');
    expect(wholeRun.stderr).toBe('0 of 6 recordings\n6 of 6 recordings\n');
  });

  it('come with a page that carries all it needs but the clips beside it', () => {
    const page = readFileSync(join(whole, 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|<link|@import|https?:|url\(/);
    const sources = [...page.matchAll(/<audio [^>]*src="([^"]+)"/g)].map((match) => match[1]!);
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect(existsSync(join(whole, decodeURIComponent(source)))).toBe(true);
    expect(page.match(/<svg/g)?.length).toBe(page.match(/<table>/g)?.length);
    for (const svg of page.match(/<svg[^>]*>/g) ?? []) expect(svg).toMatch(/role="img" aria-label="[^"]+"/);
  });
});

describe('preparing a training set', () => {
  it('gives the same files on several threads as on one', async () => {
    const out = join(folder, 'parallel');
    expect((await prep(recordings, out, '--jobs', '3')).exitCode).toBe(0);
    expect(tree(out)).toEqual(tree(whole));
  });

  it('a second time changes nothing and hears nothing again', async () => {
    const before = tree(whole);
    const { exitCode, stderr } = await prep(recordings, whole);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: '0 of 6 recordings\n6 of 6 recordings\n6 of them were prepared before\n',
    });
    expect(tree(whole)).toEqual(before);
  });

  it('goes on after an interruption, to the same files', async () => {
    const out = join(folder, 'interrupted');
    const child: ChildProcess = spawn(process.execPath, [OSSICLE, 'prep', recordings, out, '--jobs', '1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout?.resume();
    const closed = once(child, 'close');
    const sources = join(out, 'sources.jsonl');
    while (child.exitCode === null && !(existsSync(sources) && readFileSync(sources).length > 0)) await setImmediate();
    child.kill('SIGINT');
    const [code] = await closed;
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted, [1-5] of 6 recordings are done; run the same command again to go on\.\n$/);
    expect(existsSync(join(out, 'report.txt'))).toBe(false);
    const again = await prep(recordings, out);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toMatch(/[1-5] of them were prepared before/);
    expect(tree(out)).toEqual(tree(whole));
  });

  it('does again what a crash left half done: a torn line, a clip that is cut short or gone', async () => {
    const out = join(folder, 'crashed');
    await cp(whole, out, { recursive: true });
    const manifest = linesOf<ManifestLine>(join(out, 'manifest.jsonl'));
    await rm(join(out, manifest[0]!.path));
    await truncate(join(out, manifest.at(-1)!.path), 100);
    await rm(join(out, 'report.html'));
    await appendFile(join(out, 'manifest.jsonl'), '{"path":"clips/half');
    await appendFile(join(out, 'sources.jsonl'), '{"source":"room.fl');
    await mkdir(join(out, '.parts'), { recursive: true });
    await writeFile(join(out, '.parts', 'half'), 'RIFF');
    const { exitCode, stderr } = await prep(recordings, out);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('4 of them were prepared before');
    expect(tree(out)).toEqual(tree(whole));
  });

  it('hears a recording again whose content changed, and leaves none of its old clips', async () => {
    const [from, out] = [join(folder, 'changing'), join(folder, 'changing-clips')];
    await mkdir(from);
    await copyFile(join(FIXTURES, 'jfk.flac'), join(from, 'x.flac'));
    await copyFile(join(FIXTURES, '8b705c12.flac'), join(from, 'y.flac'));
    await prep(from, out);
    const before = linesOf<ManifestLine>(join(out, 'manifest.jsonl')).filter(({ source }) => source === 'x.flac');
    expect(before.length).toBeGreaterThan(1);
    await copyFile(join(FIXTURES, '282d32e1.flac'), join(from, 'x.flac'));
    const { stderr } = await prep(from, out);
    expect(stderr).toContain('1 of them were prepared before');
    const after = linesOf<ManifestLine>(join(out, 'manifest.jsonl'));
    expect(after.map(({ path }) => path)).toEqual(['clips/x.flac-1.wav', 'clips/y.flac-1.wav']);
    expect(Object.keys(tree(join(out, 'clips')))).toEqual(['x.flac-1.wav', 'y.flac-1.wav']);
  });

  it('takes recordings that are gone out of the manifest, and says which clips are left over', async () => {
    const [from, out] = [join(folder, 'shrinking'), join(folder, 'shrinking-clips')];
    await mkdir(from);
    for (const name of ['282d32e1.flac', '8b705c12.flac']) await copyFile(join(FIXTURES, name), join(from, name));
    await prep(from, out);
    await rm(join(from, '282d32e1.flac'));
    const { exitCode, stdout } = await prep(from, out);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('not in the manifest; delete them:\n  clips/282d32e1.flac-1.wav');
    expect(linesOf<ManifestLine>(join(out, 'manifest.jsonl')).map(({ source }) => source)).toEqual(['8b705c12.flac']);
  });

  it('lists what cannot be read, hears the rest, and ends with 1', async () => {
    const [from, out] = [join(folder, 'damaged'), join(folder, 'damaged-clips')];
    await mkdir(from);
    await copyFile(join(FIXTURES, '282d32e1.flac'), join(from, 'good.flac'));
    await writeFile(join(from, 'cut.flac'), (await readFile(join(FIXTURES, 'jfk.flac'))).subarray(0, 20_000));
    await writeFile(join(from, 'empty.wav'), '');
    await writeFile(join(from, 'notes.wav'), 'buy milk\n');
    await symlink('nowhere.wav', join(from, 'lost.wav'));
    const { exitCode, stdout } = await prep(from, out, '--json');
    expect(exitCode).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ recordingCount: 5, clipCount: 1, withoutSpeech: [] });
    const reasons = Object.fromEntries(
      report.failed.map((one: Record<string, string>) => [one['source'], one['reason']]),
    );
    expect(Object.keys(reasons)).toEqual(['cut.flac', 'empty.wav', 'lost.wav', 'notes.wav']);
    expect(reasons['cut.flac']).toContain('cut short');
    expect(reasons['empty.wav']).toContain('empty (0 bytes)');
    expect(reasons['lost.wav']).toContain('leads nowhere');
    expect(reasons['notes.wav']).toContain('text file');
    expect(readFileSync(join(out, 'report.txt'), 'utf8')).toContain('Not read, 4:');
    // What was wrong is looked at again: it may have been mended.
    await copyFile(join(FIXTURES, 'jfk.flac'), join(from, 'cut.flac'));
    expect(JSON.parse((await prep(from, out, '--json')).stdout)).toMatchObject({ preparedBeforeCount: 1 });
    expect(linesOf<ManifestLine>(join(out, 'manifest.jsonl')).some(({ source }) => source === 'cut.flac')).toBe(true);
  });

  it('follows links, but neither in a circle nor into its own clips or those of another run', async () => {
    const from = join(folder, 'linked');
    await mkdir(join(from, 'sub'), { recursive: true });
    await copyFile(join(FIXTURES, '282d32e1.flac'), join(from, 'sub/one.flac'));
    await symlink('sub/one.flac', join(from, 'two.flac'));
    await symlink('sub', join(from, 'also'));
    await symlink('..', join(from, 'sub/up'));
    const sources = ['also/one.flac', 'sub/one.flac', 'two.flac'];
    const out = join(from, 'clips of it');
    for (const run of [1, 2]) {
      expect({ run, code: (await prep(from, out)).exitCode }).toEqual({ run, code: 0 });
      expect(linesOf<ManifestLine>(join(out, 'manifest.jsonl')).map(({ source }) => source)).toEqual(sources);
    }
    const other = await prep(from, join(folder, 'linked-clips'), '--json');
    expect(JSON.parse(other.stdout)).toMatchObject({ recordingCount: 3, preparedFolders: ['clips of it'] });
  });

  it('keeps a given contract, whose clips another front end then cuts alike', async () => {
    const [contract, out] = [join(folder, 'given.json'), join(folder, 'given-clips')];
    const given = JSON.parse(readFileSync(join(whole, 'clip-contract.json'), 'utf8'));
    await writeFile(contract, JSON.stringify({ ...given, preRollMs: 100, gain: { ...given.gain, targetLufs: -30 } }));
    expect((await prep(recordings, out, '--contract', contract)).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'clip-contract.json'), 'utf8'))).toMatchObject({ preRollMs: 100 });
    const [line] = linesOf<ManifestLine & Record<string, number>>(join(out, 'manifest.jsonl'));
    expect(line!['loudnessLufs']! + line!.gainDb).toBeCloseTo(-30, 4);
    expect(line!['speechStartSeconds']! - line!.startSeconds).toBeCloseTo(0.1, 6);
    const again = await prep(recordings, out);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain('audio kept before speech (preRollMs): 100 ms against 300 ms');
  });
});

describe('a mistake in what is asked of it', () => {
  it.each<[string, () => string[], RegExp]>([
    ['no such folder', () => ['gone', 'out'], /gone: there is no such folder/],
    ['a file', () => [join(FIXTURES, 'jfk.flac'), 'out'], /jfk\.flac: this is a file; name the folder/],
    ['no output folder', () => [recordings], /missing required argument 'out'/],
    ['the same folder twice', () => [recordings, `${recordings}/.`], /need a folder of their own/],
    ['recordings inside the output', () => [recordings, folder], /lies in .*into which the clips are written/],
    ['a folder with other files in it', () => [join(recordings, 'a'), join(recordings, 'b')], /holds other files/],
    ['prepared clips', () => [whole, 'out'], /holds prepared clips already/],
    ['clips of other recordings', () => [join(recordings, 'a'), whole], /clips of other recordings/],
    ['a preset that there is not', () => [recordings, 'out', '--preset', 'podcast'], /Allowed choices/],
    ['no jobs', () => [recordings, 'out', '--jobs', '0'], /argument '0' is invalid/],
    ['no contract', () => [recordings, 'out', '--contract', join(recordings, 'notes.txt')], /notes\.txt: not JSON/],
    ['a contract that is not there', () => [recordings, 'out', '--contract', 'gone.json'], /no such file/],
    [
      'a contract and a preset',
      () => [recordings, 'out', '--contract', join(whole, 'clip-contract.json'), '--preset', 'command'],
      /exclude each other/,
    ],
    [
      'another preset in a folder that was begun',
      () => [recordings, whole, '--preset', 'command'],
      /silence that closes a segment \(endpointer\.hangoverMs\): \d+ ms against \d+ ms/,
    ],
  ])('%s is answered in one line, with exit code 2', async (_, args, expected) => {
    const { exitCode, stdout, stderr } = await prep(...args());
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: .+\n$/);
    expect(stderr).toMatch(expected);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it.each<[string, (contract: Record<string, unknown>) => Record<string, unknown>, RegExp]>([
    ['of another version', (contract) => ({ ...contract, version: '9' }), /version is "9"/],
    ['at another rate', (contract) => ({ ...contract, rateHz: 8000 }), /rateHz is 8000/],
    [
      'of an unknown detector',
      (contract) => ({ ...contract, kernel: { name: '../x', sha256: 'a'.repeat(64) } }),
      /kernel\.name is "\.\.\/x"; this version has silero-v6-fp16 and silero-v6-int8/,
    ],
    [
      'of a detector that was built otherwise',
      (contract) => ({ ...contract, kernel: { name: 'silero-v6-fp16', sha256: 'a'.repeat(64) } }),
      /clips would be cut elsewhere/,
    ],
  ])('a contract %s is refused', async (_, change, expected) => {
    const path = join(folder, 'other-contract.json');
    await writeFile(path, JSON.stringify(change(JSON.parse(readFileSync(join(whole, 'clip-contract.json'), 'utf8')))));
    const { exitCode, stderr } = await prep(recordings, 'out', '--contract', path);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(expected);
  });

  it('an empty tree is told from one with other files', async () => {
    await mkdir(join(folder, 'nothing/at all'), { recursive: true });
    const empty = await prep('nothing', 'out');
    expect(empty).toMatchObject({ exitCode: 2, stdout: '' });
    expect(empty.stderr).toContain('nothing: no file in it ends in .wav or .flac; name another folder');
    await writeFile(join(folder, 'nothing/song.mp3'), 'ID3');
    expect((await prep('nothing', 'out')).stderr).toContain('.wav or .flac, 1 in something else;');
  });
});
