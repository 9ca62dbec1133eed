import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftReport } from '../../src/cli/drift-report.ts';
import { clipLine, parseClipLine } from '../../src/cli/prep-rows.ts';
import { clusterEffect } from '../../src/monitor/cluster-effect.ts';
import { type CommandEnd, runCommand } from '../run-command.ts';
import { seededNormal, seededRandom } from '../signals.ts';

const OSSICLE = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));

interface Live {
  readonly snrShiftDb?: number;
  readonly clippedShare?: number;
  readonly clipsPerSource?: number;
  readonly contract?: string;
}

/** A manifest as `prep` writes it: 600 clips of a fleet of microphones. */
function manifest(seed: number, count = 600, { snrShiftDb = 0, clippedShare = 0.02, ...rest }: Live = {}): string {
  const random = seededRandom(seed);
  const normal = seededNormal(seed + 1);
  const { clipsPerSource = 1, contract = 'c'.repeat(64) } = rest;
  let speaker = 0;
  return Array.from({ length: count }, (_, i) => {
    if (i % clipsPerSource === 0) speaker = normal();
    // Clips of one recording share most of what makes them loud or noisy.
    const z = clipsPerSource === 1 ? normal() : 0.9 * speaker + Math.sqrt(1 - 0.81) * normal();
    const source = `r${Math.floor(i / clipsPerSource)}.wav`;
    return clipLine({
      ...{ path: `clips/${i}.wav`, source, sourceSha256: 's'.repeat(64), contractSha256: contract, end: 'silence' },
      ...{ startSeconds: 0.2, endSeconds: 2.4, speechStartSeconds: 0.5, speechEndSeconds: 2 },
      metrics: {
        clipLengthSeconds: Math.exp(0.7 + 0.4 * normal()),
        snrDb: 25 + 6 * z + snrShiftDb,
        loudnessLufs: -28 + 5 * normal(),
        gainDb: 5 + 4 * normal(),
        clippedRuns: random() < clippedShare ? 2 : 0,
        missingSamples: 0,
        isLoudnessGated: true,
        speechShare: 0.5 + 0.3 * random(),
      },
    });
  }).join('\n');
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-drift-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function drift(reference: string, current: string, ...args: string[]): Promise<CommandEnd> {
  await Promise.all([writeFile(join(folder, 'a.jsonl'), reference), writeFile(join(folder, 'b.jsonl'), current)]);
  return runCommand(process.execPath, [OSSICLE, 'drift', 'a.jsonl', 'b.jsonl', ...args], folder);
}

/** Verdict on the signal-to-noise ratio of two manifests. @param areAlone Whether each clip counts for itself. */
function snrVerdict(texts: readonly [string, string], areAlone: boolean): string | undefined {
  const [reference, current] = texts.map((text) => {
    const clips = text.split('\n').flatMap((line) => parseClipLine(line) ?? []);
    return { path: 'set', clips: clips.map((clip) => (areAlone ? { ...clip, source: clip.path } : clip)) };
  });
  return driftReport(reference!, current!).measures.find(({ name }) => name === 'snrDb')?.verdict;
}

describe('ossicle drift', () => {
  it('finds no drift between two halves of the same fleet, and ends with 0', async () => {
    const { exitCode, stdout } = await drift(manifest(1), manifest(50));
    expect(stdout).toContain('No drift in');
    expect(exitCode).toBe(0);
  });

  it('names what drifted, how far and where to, and ends with 1', async () => {
    const { exitCode, stdout } = await drift(manifest(1), manifest(50, 600, { snrShiftDb: -3, clippedShare: 0.15 }));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/Signal to noise +DRIFT +dB +2\d\.\d +2\d\.\d +0\.[4-6]\d sd/);
    expect(stdout).toMatch(/Clips with clipping +DRIFT/);
    expect(stdout).toMatch(/Loudness as recorded +no drift/);
  });

  it('takes clips of one recording for as alike as they are', async () => {
    // 30 clips of each of 20 microphones: two such sets differ by chance as far as two sets of 20 clips.
    const few = { clipsPerSource: 30 };
    const pairs = Array.from({ length: 10 }, (_, i) => {
      return [manifest(200 + i, 600, few), manifest(300 + i, 600, few)] as const;
    });
    expect(pairs.map((pair) => snrVerdict(pair, true)).filter((verdict) => verdict === 'drift').length).toBeGreaterThan(
      5,
    );
    expect(pairs.map((pair) => snrVerdict(pair, false))).toEqual(pairs.map(() => 'no-drift'));
  });

  it('says that there are too few clips rather than nothing', async () => {
    const { exitCode, stdout } = await drift(manifest(1, 100), manifest(2, 100));
    expect(stdout).toContain('Nothing can be told: a measure needs 300 values in both.');
    expect(exitCode).toBe(0);
  });

  it('points out that the sets were cut differently', async () => {
    const { stdout } = await drift(manifest(1), manifest(2, 600, { contract: 'd'.repeat(64) }));
    expect(stdout).toContain('cut under different contracts');
  });

  it('writes a page that loads nothing and runs nothing, with names escaped', async () => {
    await drift(manifest(1), manifest(50, 600, { snrShiftDb: -3 }), '--html', 'drift.html');
    const page = await readFile(join(folder, 'drift.html'), 'utf8');
    expect(page).toContain('<h1>Drift between two sets of clips</h1>');
    expect(page).toMatch(/class="drift"><figcaption><h3>Signal to noise/);
    expect(page).not.toMatch(/<script|<link|src=|https?:|NaN|Infinity|undefined/);
  });

  it('refuses what is no manifest of prepared clips, with the line', async () => {
    const broken = await drift(manifest(1), `${manifest(2, 2)}\n{"file": "a.wav"}`);
    expect(broken.exitCode).toBe(2);
    expect(broken.stderr).toMatch(/^ossicle: b\.jsonl, line 3: this is no clip as "ossicle prep" writes it/);
    const missing = await runCommand(process.execPath, [OSSICLE, 'drift', 'a.jsonl', 'none.jsonl'], folder);
    expect(missing.stderr).toMatch(/none\.jsonl: there is no such file/);
  });
});

describe('values in groups', () => {
  it('vary as much more as Kish says', () => {
    const normal = seededNormal(8);
    const groups = Array.from({ length: 2_000 }, () => {
      const shared = normal();
      return Array.from({ length: 5 }, () => Math.sqrt(0.3) * shared + Math.sqrt(0.7) * normal());
    });
    // 1 + (5 - 1) * 0.3, within three standard errors of 2,000 groups.
    expect(Math.abs(clusterEffect(groups) - 2.2)).toBeLessThan(0.21);
    expect(clusterEffect(groups.flat().map((value) => [value]))).toBeCloseTo(1, 10);
    expect(clusterEffect([[1, 2, 3]])).toBe(1);
  });
});
