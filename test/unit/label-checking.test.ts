import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommaSeparated, parseTabSeparated } from '../../src/cli/delimited-text.ts';
import { readLabellers } from '../../src/cli/label-files.ts';
import { reportLabels } from '../../src/cli/label-report.ts';
import { type CommandEnd, runCommand } from '../run-command.ts';

const OSSICLE = fileURLToPath(new URL('../../dist/node/ossicle.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-labels-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string | readonly object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : content.map((one) => JSON.stringify(one)).join('\n'));
  return path;
}

function labelCheck(...args: string[]): Promise<CommandEnd> {
  return runCommand(process.execPath, [OSSICLE, 'label-check', ...args], folder);
}

const ANNA = [
  { path: 'a.wav', transcript: 'two lattes please' },
  { path: 'b.wav', transcript: 'um a small tea' },
  { path: 'c.wav', transcript: 'the colour is fine' },
  { path: 'd.wav', transcript: 'a flat white' },
];
const BEN = [
  { path: 'a.wav', transcript: '2 lattes, please' },
  { path: 'b.wav', transcript: 'a tall tea' },
  { path: 'c.wav', transcript: 'the color is fine' },
  { path: 'e.wav', transcript: 'a mocha' },
];

/** What the same labels mean, whatever they are written in. */
const READ = [
  {
    name: 'anna',
    labels: [
      ['a', 'two lattes'],
      ['b', 'tea, "hot"'],
    ],
  },
  {
    name: 'ben',
    labels: [
      ['a', '2 lattes'],
      ['b', ''],
    ],
  },
];

describe('reading labels', () => {
  it.each([
    [
      'JSON lines, a file a labeller',
      {
        'anna.jsonl': '{"id":"a","transcript":"two lattes"}\n\n{"id":"b","transcript":"tea, \\"hot\\""}\n',
        'ben.jsonl':
          '{"path":"a","transcript":"2 lattes"}\n{"path":"b","transcript":""}\n{"path":"c","transcript":null}',
      },
    ],
    [
      'JSON lines that name the labeller',
      {
        'all.jsonl': [
          '{"id":"a","labeller":"anna","transcript":"two lattes"}\n{"id":"a","labeller":"ben","transcript":"2 lattes"}',
          '{"id":"b","labeller":"anna","transcript":"tea, \\"hot\\""}\n{"id":"b","labeller":"ben","transcript":""}',
        ].join('\n'),
      },
    ],
    [
      'commas, with quotes, a byte order mark and the line ends of Windows',
      {
        'all.csv':
          '\ufeffid,Labeller,transcript\r\na,anna,two lattes\r\na,ben,2 lattes\r\nb,anna,"tea, ""hot"""\r\nb,ben,\r\n',
      },
    ],
    [
      'tabs',
      { 'anna.tsv': 'id\ttranscript\na\ttwo lattes\nb\ttea, "hot"\n', 'ben.tsv': 'id\ttranscript\na\t2 lattes\nb\t\n' },
    ],
  ])('takes %s', async (_, files) => {
    const paths = await Promise.all(Object.entries(files).map(([name, content]) => file(name, content)));
    const labellers = await readLabellers(paths);
    expect(
      labellers.map(({ name, labels }) => ({
        name,
        labels: [...labels].map(([id, { transcript }]) => [id, transcript]),
      })),
    ).toEqual(READ);
  });

  it('keeps commas, quotes and line feeds of quoted cells', () => {
    const cell = fc.string().filter((text) => !text.includes('\r'));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const written = rows.map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n');
        const kept = rows.filter((cells) => cells.some((one) => one.trim() !== ''));
        expect(parseCommaSeparated(written).map(({ cells }) => cells)).toEqual(kept);
      }),
    );
  });

  it('counts lines through line feeds in cells', () => {
    expect(parseCommaSeparated('a,"x\ny"\nb,z').map(({ line }) => line)).toEqual([1, 3]);
    expect(parseTabSeparated('a\tb\n\nc\td\n').map(({ line }) => line)).toEqual([1, 3]);
  });
});

describe('the report on labellers', () => {
  it('counts what is the same, as written and in its words, and the errors between the two', async () => {
    const labellers = await readLabellers([await file('one.jsonl', ANNA), await file('two.jsonl', BEN)]);
    const report = reportLabels(labellers, 'english');
    expect(report.clips).toBe(5);
    expect(report.labellers.map(({ name, missing }) => [name, missing])).toEqual([
      ['one', ['e.wav']],
      ['two', ['d.wav']],
    ]);
    const pair = report.pairs[0]!.transcripts!;
    // Words: "2 lattes please" twice; "a small tea" and "a tall tea" (1 edit); "the color is fine" twice.
    expect(pair).toMatchObject({ clips: 3, sameShare: 0, sameNormalisedShare: 2 / 3, conventionOnlyClips: 2 });
    expect(pair.normalised.wer).toBeCloseTo(1 / 10, 12);
    // As written: two/2 and lattes/lattes, (2 edits of 3 words); um and small/tall (2 of 3.5); colour (1 of 4).
    expect(pair.raw.wer).toBeCloseTo(5 / 10.5, 12);
    expect(pair.differences.map(({ kind }) => kind).sort()).toEqual(
      ['fillers', 'numbers', 'punctuation', 'spelling', 'words'].sort(),
    );
    expect(report.kappaOf).toBeNull();
  });

  it('gives kappa on labels, pair by pair and over all', async () => {
    // Cohen's from Wikipedia's first example: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no.
    const answers = [
      ...Array<[string, string]>(20).fill(['yes', 'yes']),
      ...Array<[string, string]>(5).fill(['yes', 'no']),
      ...Array<[string, string]>(10).fill(['no', 'yes']),
      ...Array<[string, string]>(15).fill(['no', 'no']),
    ];
    const rows = answers.flatMap(([first, second], i) => [
      `${i},a,${first}`,
      `${i},b,${second}`,
      // The third labeller says what the first says.
      `${i},c,${first}`,
    ]);
    const report = reportLabels(
      await readLabellers([await file('kappa.csv', ['id,labeller,label', ...rows].join('\n'))]),
      'english',
    );
    expect(report.kappaOf).toBe('label');
    const kappas = report.pairs.map(({ kappa }) => kappa!.kappa);
    expect(kappas[0]).toBeCloseTo(0.4, 12);
    expect(kappas[1]).toBe(1);
    expect(report.meanPairwiseKappa).toBeCloseTo(0.6, 12);
    // All three agree on 35 of 50, two of three on 15: (35 + 15 / 3) / 50; 80 of 150 say yes.
    const expected = (80 / 150) ** 2 + (70 / 150) ** 2;
    expect(report.fleiss?.kappa).toBeCloseTo((0.8 - expected) / (1 - expected), 12);
  });

  it('takes transcripts of a closed set for labels', async () => {
    const rows = (name: string, words: readonly string[]): Promise<string> =>
      file(
        name,
        words.map((transcript, i) => ({ id: `${i}`, transcript })),
      );
    const first = ['yes', 'no', 'yes', 'no', 'yes', 'no', 'yes', 'no', 'Yes.', 'no'];
    const report = reportLabels(
      await readLabellers([
        await rows('first.jsonl', first),
        await rows('second.jsonl', [...first.slice(0, 9), 'yes']),
      ]),
      'english',
    );
    expect(report.kappaOf).toBe('transcript');
    // Observed 0.9; by chance 0.5 x 0.6 + 0.5 x 0.4.
    expect(report.pairs[0]!.kappa?.kappa).toBeCloseTo((0.9 - 0.5) / 0.5, 12);
  });
});

describe('ossicle label-check', () => {
  it('shows agreement, what is missing, and what differs with examples', async () => {
    const { exitCode, stdout, stderr } = await labelCheck(await file('anna.jsonl', ANNA), await file('ben.jsonl', BEN));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('Missing from anna: 1 (e.wav)');
    expect(stdout).toMatch(/^anna \/ ben +3 +0\.0 +66\.7 +47\.6 \[.+\] +10\.0 \[.+\] +-$/m);
    expect(stdout).toMatch(/^numbers as digits or words +1 +1 +“two” \/ “2”$/m);
    expect(stdout).toMatch(/^different words +1 +1 +“small” \/ “tall”$/m);
    expect(stdout).toMatch(/^fillers \(um, uh\) written or left out +1 +1 +“um” \/ \(nothing\)$/m);
    expect(stdout).toContain(
      'Of 3 clips, 0 are written the same; 2 differ only in how the same words are written, 1 in the words.',
    );
  });

  it('writes nothing but JSON with --json', async () => {
    const { exitCode, stdout, stderr } = await labelCheck(
      '--json',
      await file('anna.jsonl', ANNA),
      await file('ben.jsonl', BEN),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      normaliser: 'english',
      clips: 5,
      pairs: [{ labellers: ['anna', 'ben'] }],
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['one labeller', { 'a.jsonl': '{"id":"1","transcript":"x"}' }, /Only one labeller, a:/],
    ['no file', { 'a.jsonl': '' }, /a\.jsonl: the file is empty/],
    ['blank lines only', { 'a.csv': 'id,transcript\n\n' }, /a\.csv: no label in it/],
    ['no JSON', { 'a.jsonl': '{"id":"1","transcript":"x"}\n{oops' }, /a\.jsonl, line 2: not JSON/],
    ['plain text', { 'a.txt': 'hello' }, /a\.txt: neither JSON lines nor a table/],
    ['no id', { 'a.jsonl': '{"transcript":"x"}' }, /line 1: neither "id" nor "path"/],
    ['nothing heard', { 'a.jsonl': '{"id":"1"}' }, /line 1: neither "transcript" nor "label"/],
    ['a number for a text', { 'a.jsonl': '{"id":"1","transcript":5}' }, /"transcript" is number; make it a text/],
    ['no header', { 'a.csv': '1,x\n2,y' }, /line 1: no header with the columns id/],
    ['a row that is too long', { 'a.csv': 'id,transcript\n1,x,y' }, /line 2: 3 cells under a header of 2/],
    ['a quote left open', { 'a.csv': 'id,transcript\n1,"x' }, /line 2: a quote that is not closed/],
    [
      'a clip labelled twice',
      { 'a.jsonl': '{"id":"1","transcript":"x"}\n{"id":"1","transcript":"y"}' },
      /line 2: a labels 1 a second time, after .*line 1;/,
    ],
    [
      'labellers on some lines only',
      { 'a.jsonl': '{"id":"1","labeller":"z","transcript":"x"}\n{"id":"2","transcript":"y"}' },
      /line 2: no "labeller", which other lines have/,
    ],
    [
      'names that never meet',
      { 'a.jsonl': '{"id":"1.wav","transcript":"x"}', 'b.jsonl': '{"id":"clips/1","transcript":"x"}' },
      /No clip was labelled twice: a names clips as "1\.wav", b as "clips\/1"/,
    ],
  ])('answers %s in one line, with exit code 2', async (_, files, expected) => {
    const paths = await Promise.all(Object.entries(files).map(([name, content]) => file(name, content)));
    const { exitCode, stdout, stderr } = await labelCheck(...paths);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^ossicle: .+\n$/);
    expect(stderr).toMatch(expected);
  });

  it('tells files of the same name apart by their folder', async () => {
    const paths = [await file('same.jsonl', ANNA), join(folder, '.', 'same.jsonl').replace('same', './same')];
    const [first, second] = await readLabellers(paths);
    expect([first?.name, second?.name]).toEqual(paths);
  });
});
