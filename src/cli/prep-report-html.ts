import { escapeHtml, relativeUrl } from './html.ts';
import { histogramFigure } from './prep-histogram.ts';
import type { OutlierClip, OutlierGroup } from './prep-outliers.ts';
import { contractSentence, duration, headline, removedShare } from './prep-phrases.ts';
import { PREP_REPORT_STYLE } from './prep-report-style.ts';
import type { PrepSummary } from './prep-summary.ts';

function keyFigures(summary: PrepSummary): string {
  const figures: readonly (readonly [name: string, value: string, isWarning?: boolean])[] = [
    ['Recordings', String(summary.recordingCount)],
    ['Recorded', duration(summary.recordedSeconds)],
    ['Clips', String(summary.clipCount)],
    ['Kept', duration(summary.keptSeconds)],
    ['Removed', removedShare(summary)],
    ['Without speech', String(summary.withoutSpeech.length)],
    ['Not read', String(summary.failed.length), summary.failed.length > 0],
  ];
  const items = figures.map(
    ([name, value, isWarning]) =>
      `<div${isWarning ? ' class="warn"' : ''}><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="key">${items.join('')}</dl>`;
}

function clipItem({ path, source, startSeconds, endSeconds, value }: OutlierClip): string {
  const place = `${source}, ${startSeconds.toFixed(2)} to ${endSeconds.toFixed(2)} s`;
  return `<li><span class="value">${escapeHtml(value)}</span> <span class="place">${escapeHtml(place)}</span><audio controls preload="metadata" src="${escapeHtml(relativeUrl(path))}" aria-label="${escapeHtml(`${value}: ${place}`)}"></audio></li>`;
}

function outlierSection(group: OutlierGroup, clipCount: number): string {
  const shown = group.clips.length < group.clipCount ? `, the first ${group.clips.length} here` : '';
  return `<section class="group"><h3>${escapeHtml(group.title)} <span class="unit">${group.clipCount} of ${clipCount} clips${shown}</span></h3><p>${escapeHtml(group.explanation)}</p><ul class="clips">${group.clips.map(clipItem).join('')}</ul></section>`;
}

function listSection(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<section><h2>${escapeHtml(title)}</h2><ul class="list">${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul></section>`;
}

function outliers({ outliers: groups, clipCount }: PrepSummary): string {
  const body =
    groups.length === 0
      ? '<p>No clip stands out.</p>'
      : `<div class="groups">${groups.map((group) => outlierSection(group, clipCount)).join('')}</div>`;
  return `<section><h2>Clips to listen to</h2>${body}</section>`;
}

function distributions({ measures }: PrepSummary): string {
  if (measures.length === 0) return '';
  return `<section><h2>Distributions</h2><p class="soft"><span class="legend"></span> median</p><div class="figures">${measures.map(histogramFigure).join('')}</div></section>`;
}

/** The report of `prep` as one page without scripts, which loads nothing but the clips beside it. */
export function prepReportHtml(summary: PrepSummary): string {
  const kinds = summary.otherFiles.map(({ ending, count }) => `${count} ${ending || 'without an ending'}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prepared clips</title>
<style>${PREP_REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>Prepared clips</h1>
${headline(summary)
  .map((line) => `<p>${escapeHtml(line)}</p>`)
  .join('\n')}
${keyFigures(summary)}
</header>
<main>
${distributions(summary)}
${outliers(summary)}
${listSection(
  'Not read',
  summary.failed.map(({ source, reason }) => `${source}: ${reason}`),
)}
${listSection(
  'No speech found',
  summary.withoutSpeech.map(({ source, seconds }) => `${source} (${seconds.toFixed(2)} s)`),
)}
${listSection('Passed over, neither WAV nor FLAC by name', kinds)}
${listSection('Passed over, prepared clips already', summary.preparedFolders)}
${listSection('Clips of recordings that are gone, not in the manifest', summary.leftoverClips)}
</main>
<footer>
<h2>Contract</h2>
<p>${escapeHtml(contractSentence(summary))}</p>
<p class="soft">All settings: <a href="./clip-contract.json">clip-contract.json</a>. Every clip and its measurements: <a href="./manifest.jsonl">manifest.jsonl</a>.</p>
</footer>
</body>
</html>
`;
}
