import { formatTable } from './output.ts';
import { contractSentence, headline } from './prep-phrases.ts';
import type { PrepSummary } from './prep-summary.ts';

function measureTable({ measures }: PrepSummary): string {
  const rows = measures.map(({ measure, distribution: values }) => [
    measure.title,
    measure.unit,
    String(values.count),
    ...[values.min, values.p5, values.median, values.p95, values.max].map((value) => value.toFixed(measure.decimals)),
  ]);
  return formatTable([['', '', 'n', 'least', '5 %', 'median', '95 %', 'most'], ...rows], 2);
}

function list(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** The report of `prep` as plain text. */
export function prepReportText(summary: PrepSummary): string {
  const sections = [headline(summary).join('\n'), contractSentence(summary)];
  if (summary.measures.length > 0) sections.push(measureTable(summary));
  for (const { title, explanation, clipCount, clips } of summary.outliers) {
    const shown = clips.length < clipCount ? `, the first ${clips.length}` : '';
    sections.push(
      list(
        `${title}: ${clipCount} of ${summary.clipCount} clips${shown}. ${explanation}`,
        clips.map(({ path, value }) => `${value}  ${path}`),
      ),
    );
  }
  if (summary.withoutSpeech.length > 0) {
    const lines = summary.withoutSpeech.map(({ source, seconds }) => `${source} (${seconds.toFixed(2)} s)`);
    sections.push(list(`No speech was found in ${lines.length}:`, lines));
  }
  if (summary.failed.length > 0) {
    const lines = summary.failed.map(({ source, reason }) => `${source}: ${reason}`);
    sections.push(list(`Not read, ${lines.length}:`, lines));
  }
  if (summary.otherFiles.length > 0) {
    const kinds = summary.otherFiles.map(({ ending, count }) => `${count} ${ending || 'without an ending'}`);
    sections.push(`Passed over, neither WAV nor FLAC by name: ${kinds.join(', ')}.`);
  }
  if (summary.preparedFolders.length > 0) {
    sections.push(list('Passed over, prepared clips already:', summary.preparedFolders));
  }
  if (summary.leftoverClips.length > 0) {
    sections.push(list('Clips of recordings that are gone, not in the manifest; delete them:', summary.leftoverClips));
  }
  return sections.join('\n\n');
}
