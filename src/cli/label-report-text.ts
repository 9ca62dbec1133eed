import type { Kappa } from '../evaluation/agreement.ts';
import { CONVENTION_NAMES, type DifferenceCount } from '../evaluation/convention-differences.ts';
import type { LabelReport, PairRate, PairReport } from './label-report.ts';
import { formatTable } from './output.ts';

const LISTED_IDS = 5;

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function rateText({ wer, interval }: PairRate): string {
  return Number.isNaN(wer) ? '-' : `${percent(wer)} [${interval.map(percent).join(', ')}]`;
}

function kappaText(kappa: Kappa | undefined): string {
  return kappa === undefined || Number.isNaN(kappa.kappa) ? '-' : kappa.kappa.toFixed(3);
}

function pairTable(pairs: readonly PairReport[]): string {
  const header = ['labellers', 'clips', 'same %', 'same words %', 'WER as written %', 'WER of words %', 'kappa'];
  const rows = pairs.map(({ labellers, transcripts, kappa }) => [
    labellers.join(' / '),
    String(transcripts?.clips ?? kappa?.itemCount ?? 0),
    transcripts === undefined ? '-' : percent(transcripts.sameShare),
    transcripts === undefined ? '-' : percent(transcripts.sameNormalisedShare),
    transcripts === undefined ? '-' : rateText(transcripts.raw),
    transcripts === undefined ? '-' : rateText(transcripts.normalised),
    kappaText(kappa),
  ]);
  return formatTable([header, ...rows], 1);
}

function missingLines({ labellers }: LabelReport): readonly string[] {
  return labellers
    .filter(({ missing }) => missing.length > 0)
    .map(({ name, missing }) => {
      const more = missing.length > LISTED_IDS ? ', …' : '';
      return `Missing from ${name}: ${missing.length} (${missing.slice(0, LISTED_IDS).join(', ')}${more})`;
    });
}

function quoted(text: string): string {
  return text === '' ? '(nothing)' : `“${text}”`;
}

function differenceTable(differences: readonly DifferenceCount[]): string {
  const rows = differences.map(({ kind, clipCount, differenceCount, examples }) => [
    kind === 'words' ? 'different words' : CONVENTION_NAMES[kind],
    String(clipCount),
    String(differenceCount),
    `   ${examples.map(({ first, second }) => `${quoted(first)} / ${quoted(second)}`).join('; ')}`,
  ]);
  const table = [['what differs', 'clips', 'places'], ...rows.map((row) => row.slice(0, 3))];
  const lines = formatTable(table, 1).split('\n');
  return lines.map((line, i) => (i === 0 ? `${line}   examples` : `${line}${rows[i - 1]?.[3] ?? ''}`)).join('\n');
}

function verdict(report: LabelReport): readonly string[] {
  const both = report.pairs.flatMap(({ transcripts }) => transcripts ?? []);
  const pairs = both.reduce((sum, { clips }) => sum + clips, 0);
  if (pairs === 0) return [];
  const same = Math.round(both.reduce((sum, { clips, sameShare }) => sum + clips * sameShare, 0));
  const conventionOnly = both.reduce((sum, { conventionOnlyClips }) => sum + conventionOnlyClips, 0);
  const words = pairs - same - conventionOnly;
  const what = report.pairs.length > 1 ? 'pairs of transcripts' : 'clips';
  const lines = [
    `Of ${pairs} ${what}, ${same} are written the same; ${Math.max(0, conventionOnly)} differ only in how the same words are written, ${Math.max(0, words)} in the words.`,
  ];
  const conventions = report.differences.flatMap(({ kind }) => (kind === 'words' ? [] : [CONVENTION_NAMES[kind]]));
  if (conventions.length > 0) lines.push(`To settle in the guide for labellers: ${conventions.join('; ')}.`);
  return lines;
}

function kappaLines({ kappaOf, fleiss, meanPairwiseKappa }: LabelReport): readonly string[] {
  if (kappaOf === null)
    return ['Kappa: none; the transcripts are free text, for which chance agreement is not defined.'];
  const what = kappaOf === 'label' ? 'the labels' : 'whole transcripts, which come from a closed set';
  const lines = [`Kappa (Cohen's, for each pair) compares ${what}.`];
  if (fleiss !== undefined) {
    lines.push(`Fleiss' kappa, over ${fleiss.itemCount} clips that all labelled: ${kappaText(fleiss)}.`);
  }
  if (meanPairwiseKappa !== undefined && !Number.isNaN(meanPairwiseKappa)) {
    lines.push(`Mean of Cohen's kappa over the pairs: ${meanPairwiseKappa.toFixed(3)}.`);
  }
  return lines;
}

/** The report of `label-check` as text. */
export function formatLabelReport(report: LabelReport): string {
  const sections = [
    [`${report.labellers.length} labellers, ${report.clips} clips.`, ...missingLines(report)].join('\n'),
    pairTable(report.pairs),
    kappaLines(report).join('\n'),
  ];
  if (report.differences.length > 0) sections.push(differenceTable(report.differences));
  const last = verdict(report);
  if (last.length > 0) sections.push(last.join('\n'));
  return sections.join('\n\n');
}
