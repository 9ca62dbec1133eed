import { type Bench, inTurn, type Pair, pairOf } from './bench.ts';
import { type HeardScene, hearScene } from './hearing.ts';
import type { Finding } from './rows.ts';
import type { Scene } from './scenes.ts';

const BLOCK_MS = 2_000;
const SLOWER = 6;

/** Kinds of load. */
export const LOADS = ['no load', 'main thread blocked for 2 s', 'main thread 6 times slower'] as const;

/** What is lost while the page is busy. */
export interface LoadFindings {
  /** Samples of the scene that are missing inside the emitted segments, by correlation. */
  readonly lost: readonly Finding[];
  /** What our metrics say of the same segments. */
  readonly missing: readonly Finding[];
  /** Sentences of which nothing was emitted, or nothing that could be found in the scene. */
  readonly without: readonly Finding[];
  /** The audio device's underruns. */
  readonly underruns: readonly Finding[];
  /** Share of the windows of emitted speech that correlate with the scene; percent. */
  readonly found: readonly Finding[];
}

/** A sentence under load, on a page of its own each time. */
export async function measureLoad(bench: Bench, scene: Scene): Promise<LoadFindings> {
  const { chromium, site, repeats, progress } = bench;
  const noted = LOADS.map(() => ({
    lost: pairOf<number[]>(() => []),
    missing: pairOf<number[]>(() => []),
    without: pairOf<number[]>(() => []),
    underruns: pairOf<number[]>(() => []),
    found: pairOf<number[]>(() => []),
  }));
  for (let i = 0; i < repeats.load; i++) {
    for (const [kind, load] of LOADS.entries()) {
      for (const name of inTurn(i)) {
        progress(`${load} ${i + 1}/${repeats.load}: ${name}`);
        const trial = await chromium.newPage(name, site.origin);
        await trial.prepare();
        if (kind === 2) await trial.slowDown(SLOWER);
        const heard = await hearScene(bench, trial, scene, async () => {
          if (kind !== 1) return;
          // In the middle of the sentence.
          await trial.playedSeconds(scene.speech[0] + 1);
          await trial.block(BLOCK_MS);
        });
        await trial.close();
        const figures = figuresOf(heard);
        for (const [field, value] of Object.entries(figures)) {
          const values = (noted[kind] as unknown as Record<string, Pair<number[]>>)[field];
          if (!Number.isNaN(value)) values?.[name].push(value);
        }
      }
    }
  }
  const findings = (what: string, field: keyof (typeof noted)[number], unit: string, digits = 0): readonly Finding[] =>
    LOADS.map((load, kind) => ({ what: `${what}, ${load}`, unit, digits, values: noted[kind]![field] }));
  return {
    lost: findings('samples lost inside the segments', 'lost', '16 kHz'),
    missing: findings('samples missing by our own count', 'missing', '16 kHz'),
    without: findings('sentences without a segment', 'without', ''),
    underruns: findings('underruns of the audio output', 'underruns', ''),
    found: findings('speech found again in the recording', 'found', '%', 1),
  };
}

function figuresOf({ notes, segments }: HeardScene): Record<string, number> {
  const aligned = segments.flatMap(({ alignment }) => (alignment === undefined ? [] : [alignment]));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const tried = sum(aligned.map(({ triedCount }) => triedCount));
  return {
    lost: aligned.length === 0 ? Number.NaN : sum(aligned.map(({ lostSamples }) => Math.abs(lostSamples))),
    missing: sum(segments.map(({ missingSamples = Number.NaN }) => missingSamples)),
    without: aligned.length === 0 ? 1 : 0,
    underruns: notes.underruns.events,
    found: (sum(aligned.map(({ foundCount }) => foundCount)) / tried) * 100,
  };
}
