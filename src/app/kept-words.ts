import type { KeptAmounts } from './kept-data.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** What is kept, a line for each kind that there is any of. */
export function keptLines(amounts: KeptAmounts): readonly string[] {
  const { settingCount, searchCount, waitingCount, waitingBytes, recogniserBytes, fileBytes } = amounts;
  return [
    ...(searchCount > 0 ? [counted(searchCount, 'search', 'searches')] : []),
    ...(waitingCount > 0
      ? [`${counted(waitingCount, 'spoken query', 'spoken queries')} waiting to be sent, ${size(waitingBytes)}`]
      : []),
    ...(recogniserBytes > 0 ? [`The recogniser, ${size(recogniserBytes)}`] : []),
    ...(fileBytes > 0 ? [`This page's own files, ${size(fileBytes)}: they open it without a network`] : []),
    ...(settingCount > 0 ? [counted(settingCount, 'setting', 'settings')] : []),
    ...(amounts.hasAccessKey ? ['Your access key, until this tab is closed'] : []),
  ];
}

function counted(count: number, one: string, several: string): string {
  return `${whole.format(count)} ${count === 1 ? one : several}`;
}

/** Megabytes and kilobytes as elsewhere on the page: of 1,000. */
function size(bytes: number): string {
  if (bytes < 1_000_000) return `${whole.format(Math.max(1, bytes / 1000))} kB`;
  return `${(bytes < 10_000_000 ? tenths : whole).format(bytes / 1e6)} MB`;
}
