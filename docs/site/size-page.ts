import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import bytes from '../benchmarks/bytes.json' with { type: 'json' };
import { plainText, table } from './markdown.ts';
import { ROOT } from './places.ts';

interface Budgets {
  readonly gzipBytes: Readonly<Record<string, number>>;
  readonly brotliBytesUntilListening: Readonly<Record<string, number>>;
}

/** What is fetched, and when: from the kept table and the budgets that tests hold. */
export function sizePage(): string {
  const budgets: Budgets = JSON.parse(readFileSync(join(ROOT, 'test/bench/budgets.json'), 'utf8'));
  const kilobytes = (count: number | undefined): string => `${(count ?? Number.NaN) / 1000} kB`;
  return `# Sizes

## When what is fetched

| moment | fetched | at most |
| --- | --- | --- |
| the page opens | the element's script, \`voice-search.js\` | ${kilobytes(budgets.gzipBytes['voice-search.js'])} gzip |
| somebody points at the microphone | worklet, detector, delivery worker, the words of a press | ${kilobytes(budgets.brotliBytesUntilListening['fp16'])} brotli in all; ${kilobytes(budgets.brotliBytesUntilListening['int8'])} with \`kernel: 'lite'\` |
| on-device recognition is chosen | the recogniser and its runtime | 44 MB and 14 MB (4 MB compressed), once |

[Tests](../../test/unit/byte-budgets.test.ts) hold the first two rows, and [that nothing is fetched before
intent](../../test/e2e/widget.spec.ts).

## File by file

${plainText(bytes.about.join(' '))} Bytes:

${table(
  bytes.columns,
  bytes.rows.map((row) => row.map(plainText)),
)}

[Benchmarks](../benchmarks.md) have the rest: what is met, and what is missed.
`;
}
