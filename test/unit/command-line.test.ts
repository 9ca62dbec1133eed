import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const OSSICLE = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../fixtures/audio/', import.meta.url));
const MANIFEST = join(FIXTURES, 'manifest.jsonl');
const COMMANDS = ['serve', 'segment', 'transcribe', 'eval', 'prep', 'label-check', 'drift'];

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [OSSICLE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ossicle(...args: string[]): Promise<Outcome> {
  const child = start(...args);
  const texts = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...texts };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-cli-'));
  await writeFile(join(folder, 'notes.txt'), 'buy milk\n');
  await writeFile(join(folder, 'empty.wav'), '');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('help', () => {
  it('lists every command', async () => {
    const { code, stdout, stderr } = await ossicle('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each(COMMANDS)('of %s tells its options and gives examples', async (command) => {
    const { code, stdout } = await ossicle(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: ossicle /);
    expect(stdout).toContain('Options:');
    expect(stdout).toMatch(new RegExp(`Examples?:\\n  ossicle ${command}`));
  });

  it('is shown, with exit code 2, when no command is given', async () => {
    const { code, stdout, stderr } = await ossicle();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: ossicle/);
  });

  it('has a version beside it', async () => {
    expect(await ossicle('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });
});

describe('a mistake on the command line', () => {
  it.each([
    [['transcrib'], /unknown command 'transcrib' \(Did you mean transcribe\?\)/],
    [['segment', '--jsn', 'a.wav'], /unknown option '--jsn'.*see "ossicle segment --help"/],
    [['segment'], /missing required argument 'file'/],
    [['transcribe', '--json'], /missing required argument 'file'/],
    [['eval', MANIFEST, '--limit', '0'], /argument '0' is invalid/],
    [['eval', MANIFEST, '--limit', '2.5'], /argument '2\.5' is invalid/],
    [['eval', MANIFEST, '--set', 'teas'], /no set "teas"; it holds .*coffee-orders/],
    [['eval', MANIFEST, '--normaliser', 'german'], /Allowed choices are english, plain/],
    [['eval', join(FIXTURES, 'jfk.flac')], /line 1: not JSON/],
    [['help', 'teas'], /no such command/],
  ])('%j is answered in one line, with exit code 2', async (args, expected) => {
    const { code, stdout, stderr } = await ossicle(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: .+\n$/);
    expect(stderr).toMatch(expected);
  });

  it.each([
    ['segment', 'notes.txt', /text file/],
    ['segment', 'empty.wav', /empty \(0 bytes\)/],
    ['segment', 'gone.wav', /no such file/],
    ['transcribe', 'notes.txt', /text file/],
    ['transcribe', 'empty.wav', /empty \(0 bytes\)/],
    ['transcribe', 'gone.wav', /no such file/],
    ['transcribe', '.', /this is a folder/],
    ['eval', 'notes.txt', /line 1: not JSON/],
    ['eval', 'gone.jsonl', /no such file/],
  ])('%s %s is answered in one line that names the file, with exit code 2', async (command, name, expected) => {
    const path = join(folder, name);
    const { code, stdout, stderr } = await ossicle(command, '--json', path);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: .+\n$/);
    expect(stderr).toContain(path);
    expect(stderr).toMatch(expected);
  });

  it('in one of several files leaves standard output empty', async () => {
    const { code, stdout, stderr } = await ossicle(
      'segment',
      '--json',
      join(FIXTURES, 'jfk.flac'),
      join(folder, 'gone.wav'),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: .*gone\.wav.*\n$/);
  });
});

describe('ossicle segment', { timeout: 20_000 }, () => {
  const clips = ['brooklyn_bridge_padded.flac', 'room_tone_1.flac'].map((name) => join(FIXTURES, name));

  it('writes nothing but JSON: the files in order, their segments in time', async () => {
    const { code, stdout, stderr } = await ossicle('segment', '--json', '--frames', ...clips);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [bridge, room] = JSON.parse(stdout);
    expect([bridge.file, room.file]).toEqual(clips);
    expect(bridge.seconds).toBeCloseTo(5.811, 3);
    // The clip is a question of 1.8 s with 2 s of digital silence on either side.
    expect(bridge.segments).toHaveLength(1);
    const segment = bridge.segments[0];
    expect(segment.startSeconds).toBeGreaterThan(1.5);
    expect(segment.startSeconds).toBeLessThan(2.2);
    expect(segment.endSeconds).toBeLessThan(4.5);
    expect(segment.speechStartSeconds).toBeGreaterThanOrEqual(segment.startSeconds);
    expect(segment.speechEndSeconds).toBeLessThanOrEqual(segment.endSeconds);
    expect(segment.takenAtSeconds).toBeGreaterThan(segment.speechEndSeconds);
    expect(segment.committedAtSeconds).toBeGreaterThan(segment.takenAtSeconds);
    for (const level of [
      'gainDb',
      'loudnessLufs',
      'truePeakDbtp',
      'activeLevelDbov',
      'clippedRuns',
      'retractedTakeCount',
    ]) {
      expect(segment[level]).toEqual(expect.any(Number));
    }
    expect(Object.keys(segment)).toEqual(expect.arrayContaining(['noiseLevelDbfs', 'snrDb']));
    expect(bridge.frames.length).toBe(Math.floor((5.811 * 16_000) / 512));
    for (const probability of bridge.frames) expect(probability >= 0 && probability <= 1).toBe(true);
    expect(room.segments).toEqual([]);
  });

  it('leaves the frames out unless they are asked for', async () => {
    const { stdout } = await ossicle('segment', '--json', clips[0]!);
    expect(JSON.parse(stdout)[0]).not.toHaveProperty('frames');
  });

  it('shows people a table', async () => {
    const { code, stdout } = await ossicle('segment', ...clips);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^file +start s +end s/);
    expect(stdout).toContain('no speech in 10.00 s');
  });

  it('ends quietly when its reader goes away', async () => {
    const child = start('segment', '--json', '--frames', join(FIXTURES, 'jfk.flac'));
    child.stdout?.destroy();
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('ossicle transcribe', { timeout: 60_000 }, () => {
  const clips = ['8b705c12.flac', 'vctk_p286_011.flac', 'room_tone_1.flac'].map((name) => join(FIXTURES, name));

  it('writes down what is said, file by file, and nothing for an empty room', async () => {
    const { code, stdout, stderr } = await ossicle('transcribe', '--json', ...clips);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [order, rainbow, room] = JSON.parse(stdout);
    expect(order.file).toBe(clips[0]);
    expect(order.text.toLowerCase()).toMatch(/large,? iced coffee with milk/);
    expect(order.confidence).toBeGreaterThan(0.3);
    expect(order.confidence).toBeLessThanOrEqual(1);
    expect(rainbow.text).toMatch(/^When a man .* end of the rainbow/);
    expect(rainbow.segments.map((segment: { text: string }) => segment.text).join(' ')).toBe(rainbow.text);
    expect(room).toEqual({ file: clips[2], text: '', confidence: 0, segments: [] });
  });

  it('with --raw hears the file whole', async () => {
    const { code, stdout } = await ossicle('transcribe', '--json', '--raw', clips[0]!);
    expect(code).toBe(0);
    const [order] = JSON.parse(stdout);
    expect(order.segments).toHaveLength(1);
    expect(order.segments[0]).toMatchObject({ startSeconds: 0, endSeconds: 6.6, text: order.text });
  });

  it('prints the bare text of one file', async () => {
    const { stdout } = await ossicle('transcribe', clips[0]!);
    expect(stdout.toLowerCase()).toMatch(/^may i have a .*coffee with milk.*\n$/);
  });
});

describe('ossicle eval', { timeout: 60_000 }, () => {
  it('writes nothing but JSON to standard output, and its progress to standard error', async () => {
    const { code, stdout, stderr } = await ossicle(
      'eval',
      MANIFEST,
      '--set',
      'coffee-orders',
      '--set',
      'noise',
      '--set',
      'librispeech-test-other',
      '--limit',
      '2',
      '--json',
      '--clips',
    );
    expect(code).toBe(0);
    expect(stderr).toBe('0 of 4 clips\n4 of 4 clips\n');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ normaliser: 'english', clipsWithoutTranscript: 3, overall: { clips: 4 } });
    expect(Object.keys(report.sets)).toEqual(['librispeech-test-other', 'coffee-orders']);
    expect(report.clips).toHaveLength(4);
    for (const set of [...Object.values(report.sets), report.overall]) {
      expect(set).toMatchObject({ clipsWithoutSegment: 0, words: expect.any(Number) });
      for (const way of ['raw', 'processed', 'difference']) {
        const { wer, interval } = set[way];
        expect(interval[0]).toBeLessThanOrEqual(wer);
        expect(interval[1]).toBeGreaterThanOrEqual(wer);
      }
      expect(set.raw.wer).toBeLessThan(0.35);
      expect(set.processed.wer).toBeLessThan(0.35);
      expect(set.difference.wer).toBeCloseTo(set.processed.wer - set.raw.wer, 12);
      expect(set.realTimeFactor).toBeGreaterThan(0);
      expect(set.audioSentShare).toBeGreaterThan(0.2);
      expect(set.audioSentShare).toBeLessThan(1);
    }
  });

  it('fails with the name of a clip that is not there', async () => {
    const manifest = join(folder, 'lost.jsonl');
    await writeFile(manifest, '{"path": "lost.wav", "transcript": "where am i"}\n');
    const { code, stdout, stderr } = await ossicle('eval', manifest);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: .*lost\.wav: there is no such file; check the path\.$/m);
  });

  it('stops with exit code 130 when it is interrupted', async () => {
    const child = start('eval', MANIFEST, '--jobs', '1');
    const closed = once(child, 'close');
    child.stdout?.resume();
    // "0 of 17 clips": the run is under way.
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const [code] = await closed;
    expect(code).toBe(130);
  });
});
