import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GAIN_DEFAULTS } from '../../src/dsp/gain.ts';
import {
  type ClipContract,
  clipContract,
  contractDifferences,
  contractOverrides,
  parseClipContract,
} from '../../src/front-end/clip-contract.ts';
import { resolveFrontEndOptions } from '../../src/front-end/options.ts';
import { PRESETS } from '../../src/front-end/presets.ts';
import { CLIP_CONTRACT_VERSION } from '../../src/protocol/headers.ts';
import { ENDPOINTER_DEFAULTS } from '../../src/vad/endpointer.ts';

const FACTS = {
  preset: 'search',
  kernel: { name: 'silero-v6-fp16', sha256: '0123456789abcdef'.repeat(4) },
  recogniserProfile: 'moonshine-tiny-en',
} as const;

const CONTRACT = clipContract(resolveFrontEndOptions(), FACTS);

/** The contract as JSON would carry it, with one field changed or, for undefined, left out. */
function withField(path: string, value: unknown): unknown {
  const copy = structuredClone<unknown>(CONTRACT);
  const names = path.split('.');
  const last = names.pop()!;
  let at = copy as Record<string, unknown>;
  for (const name of names) at = at[name] as Record<string, unknown>;
  at[last] = value;
  return JSON.parse(JSON.stringify(copy));
}

describe('a clip contract', () => {
  it('tells version, format, times, thresholds, gain, detector and recogniser', () => {
    expect(CONTRACT).toEqual({
      version: CLIP_CONTRACT_VERSION,
      rateHz: 16_000,
      bitDepth: 16,
      channelCount: 1,
      preset: 'search',
      endpointer: { ...ENDPOINTER_DEFAULTS, takeMs: PRESETS.search.takeMs, hangoverMs: PRESETS.search.hangoverMs },
      preRollMs: 300,
      paddingMs: resolveFrontEndOptions().paddingMs,
      maxSegmentMs: 30_000,
      gain: GAIN_DEFAULTS,
      kernel: FACTS.kernel,
      recogniserProfile: 'moonshine-tiny-en',
    });
  });

  it('comes back from JSON as it was, and gives the options that it was made of', () => {
    const fields = fc.record({
      preset: fc.constantFrom('command' as const, 'search' as const, 'dictation' as const),
      preRollMs: fc.integer({ min: 0, max: 2_000 }),
      paddingMs: fc.integer({ min: 0, max: 2_000 }),
      maxSegmentMs: fc.integer({ min: 1_000, max: 60_000 }),
      endpointer: fc.record({
        onset: fc.double({ min: 0.4, max: 1, noNaN: true }),
        offset: fc.double({ min: 0, max: 0.4, noNaN: true }),
      }),
      gain: fc.record({ targetLufs: fc.double({ min: -70, max: 0, noNaN: true }) }),
    });
    fc.assert(
      fc.property(fields, (overrides) => {
        const options = resolveFrontEndOptions(overrides);
        const contract = clipContract(options, { ...FACTS, preset: overrides.preset });
        const parsed = parseClipContract(JSON.parse(JSON.stringify(contract)));
        // JSON has no negative zero.
        expect(JSON.stringify(parsed)).toBe(JSON.stringify(contract));
        expect(contractDifferences(parsed, parseClipContract(JSON.parse(JSON.stringify(parsed))))).toEqual([]);
        expect(resolveFrontEndOptions(contractOverrides(contract))).toEqual(options);
      }),
    );
  });
});

describe('reading a clip contract', () => {
  it.each([
    ['version', '2', RangeError, 'version is "2"; this front end keeps 1 only.'],
    ['version', 1, TypeError, 'version must be a text, got number 1.'],
    ['version', undefined, TypeError, 'version must be a text, got nothing.'],
    ['rateHz', 8_000, RangeError, 'rateHz is 8000; this front end writes 16000 only.'],
    ['bitDepth', 24, RangeError, 'bitDepth is 24; this front end writes 16 only.'],
    ['channelCount', 2, RangeError, 'channelCount is 2; this front end writes 1 only.'],
    ['preset', 'podcast', RangeError, 'preset must be command, search or dictation, got "podcast".'],
    ['endpointer.onset', 1.5, RangeError, 'onset must be from 0 to 1, got 1.5.'],
    ['endpointer.hangoverMs', '400', TypeError, 'endpointer.hangoverMs must be a number, got string 400.'],
    ['endpointer.hangoverMs', 10, RangeError, 'hangoverMs must be from '],
    ['endpointer', null, TypeError, 'endpointer is no field of a clip contract of version 1.'],
    ['preRollMs', undefined, TypeError, 'preRollMs must be a number, got nothing.'],
    ['paddingMs', 5_000, RangeError, 'paddingMs must be from 0 to 2000 ms, got 5000.'],
    ['gain.targetLufs', 5, RangeError, 'targetLufs must lie in -70..0, got 5'],
    ['gain.compressor', 3, TypeError, 'gain.compressor is no field of a clip contract of version 1.'],
    ['denoiser', 'on', TypeError, 'denoiser is no field of a clip contract of version 1.'],
    ['kernel.sha256', 'abc', RangeError, 'kernel.sha256 must be 64 lower-case hexadecimal digits.'],
    ['kernel.name', '', TypeError, 'kernel.name must be a text, got string .'],
    ['recogniserProfile', undefined, TypeError, 'recogniserProfile must be a text, got nothing.'],
  ])('refuses %s = %j', (path, value, kind, message) => {
    const contract = withField(path, value);
    expect(() => parseClipContract(contract)).toThrow(kind);
    expect(() => parseClipContract(contract)).toThrow(message);
  });

  it.each([null, [], 'contract', 1, undefined])('refuses %j, which is no object', (value) => {
    expect(() => parseClipContract(value)).toThrow('A clip contract is an object');
  });

  it('throws nothing but TypeError and RangeError, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('version', 'kernel', 'endpointer', 'gain.maxGainDb'),
        (value, path) => {
          for (const input of [value, withField(path, value)]) {
            try {
              parseClipContract(input);
            } catch (error) {
              expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
            }
          }
        },
      ),
    );
  });
});

describe('comparing two clip contracts', () => {
  it('finds nothing between equals', () => {
    expect(contractDifferences(CONTRACT, structuredClone(CONTRACT))).toEqual([]);
  });

  it('says each difference in words, with both values and their unit', () => {
    const other: ClipContract = clipContract(
      resolveFrontEndOptions({ preset: 'dictation', gain: { targetLufs: -16 } }),
      {
        ...FACTS,
        preset: 'dictation',
      },
    );
    expect(contractDifferences(CONTRACT, other)).toEqual([
      'preset (preset): search against dictation',
      `silence kept after speech (endpointer.takeMs): ${PRESETS.search.takeMs} ms against ${PRESETS.dictation.takeMs} ms`,
      `silence that closes a segment (endpointer.hangoverMs): ${PRESETS.search.hangoverMs} ms against ${PRESETS.dictation.hangoverMs} ms`,
      'target loudness (gain.targetLufs): -23 LUFS against -16 LUFS',
    ]);
  });

  it('notices a change of any single field', () => {
    const leaves = (value: object, prefix = ''): string[] =>
      Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
        typeof field === 'object' && field !== null ? leaves(field, `${prefix}${name}.`) : [`${prefix}${name}`],
      );
    for (const path of leaves(CONTRACT)) {
      const changed = withField(path, 'changed') as ClipContract;
      expect(contractDifferences(CONTRACT, changed)).toHaveLength(1);
    }
  });
});
