import type { DriftReport, MeasureDrift } from './drift-report.ts';
import { formatTable } from './output.ts';

const VERDICTS = { drift: 'DRIFT', 'no-drift': 'no drift', 'too-few': 'too few' } as const;

/** Effect in words: how far values moved, and where the middle of them went. */
export function effectText({ effect, shift, effectUnit }: MeasureDrift): string {
  if (effectUnit === 'relative') return Number.isFinite(shift) ? `${signed(100 * shift, 0)} %` : 'new';
  return Number.isFinite(effect) ? `${effect.toFixed(2)} sd` : 'new';
}

/** A p-value for people. */
export function chanceText(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(4);
}

function signed(value: number, decimals: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(decimals)}`;
}

/** What a measure was and is, with its unit. */
export function typicalTexts({ typical, decimals }: MeasureDrift): readonly [string, string] {
  return [typical[0].toFixed(decimals), typical[1].toFixed(decimals)];
}

/** The verdict as sentences. */
export function verdictLines(report: DriftReport): readonly string[] {
  const { measures, clipCounts, contractCount, limits } = report;
  const drifted = measures.filter(({ verdict }) => verdict === 'drift').map(({ title }) => title.toLowerCase());
  const tested = measures.filter(({ verdict }) => verdict !== 'too-few').length;
  const lines = [
    `${clipCounts[0]} clips in ${report.reference}, ${clipCounts[1]} in ${report.current}.`,
    tested === 0
      ? 'Nothing can be told: a measure needs 300 values in both.'
      : drifted.length === 0
        ? `No drift in ${tested} measures.`
        : `Drift in ${drifted.length} of ${tested} measures: ${drifted.join(', ')}.`,
    `Drift is a difference that is no chance (at most ${100 * limits.falseShare} % of those found are expected to be) and large: ${limits.leastDeviations} standard deviations, or a share ${100 * limits.leastRelative} % higher or lower.`,
  ];
  if (contractCount > 1) {
    lines.push('The sets were cut under different contracts: what differs may be the front end, not the input.');
  }
  return lines;
}

/** The report of `drift` as text. */
export function driftReportText(report: DriftReport): string {
  const header = ['measure', 'verdict', 'unit', 'reference', 'current', 'moved', 'p', 'p of all'];
  const rows = report.measures.map((measure) => [
    measure.title,
    VERDICTS[measure.verdict],
    measure.unit,
    ...typicalTexts(measure),
    effectText(measure),
    chanceText(measure.pValue),
    measure.verdict === 'too-few' ? '-' : chanceText(measure.adjustedPValue),
  ]);
  return `${formatTable([header, ...rows], 3)}\n\n${verdictLines(report).join('\n')}`;
}
