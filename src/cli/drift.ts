import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { CliError, EXIT_CODES, oneLine } from './cli-error.ts';
import { type ClipSet, driftReport } from './drift-report.ts';
import { driftReportHtml } from './drift-report-html.ts';
import { driftReportText } from './drift-report-text.ts';
import { print, printJson } from './output.ts';
import { MANIFEST_FILE } from './prep-ledger.ts';
import { parseClipLine } from './prep-rows.ts';
import { readInput } from './read-input.ts';

interface DriftFlags {
  readonly html?: string;
  readonly json?: true;
}

/** @throws CliError when the manifest cannot be read, or a line of it is no clip. */
async function readClips(path: string): Promise<ClipSet> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const file = isFolder ? join(path, MANIFEST_FILE) : path;
  const lines = new TextDecoder().decode(await readInput(file)).split('\n');
  const clips = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const row = parseClipLine(line);
    if (row !== undefined) return [row];
    throw new CliError(
      `${file}, line ${i + 1}: this is no clip as "ossicle prep" writes it; name the ${MANIFEST_FILE} of prepared clips.`,
    );
  });
  if (clips.length === 0) throw new CliError(`${file}: it holds no clip; name another set.`);
  return { path, clips };
}

async function drift(referencePath: string, currentPath: string, flags: DriftFlags): Promise<void> {
  const report = driftReport(await readClips(referencePath), await readClips(currentPath));
  if (flags.html !== undefined) {
    await writeFile(flags.html, driftReportHtml(report)).catch((error: unknown) => {
      throw new CliError(`${flags.html}: it cannot be written (${oneLine(error)}); name another file.`);
    });
  }
  if (flags.json) await printJson(report);
  else await print(driftReportText(report));
  if (report.isDrift) process.exitCode = EXIT_CODES.failure;
}

/** `ossicle drift`: whether two sets of prepared clips are alike. */
export function driftCommand(): Command {
  return new Command('drift')
    .description(
      'Compare two sets of prepared clips, such as training set and live recordings, in all that was measured.',
    )
    .argument('<reference>', 'folder that "ossicle prep" wrote, or its manifest.jsonl')
    .argument('<current>', 'another one')
    .option('--html <file>', 'write a page with figures, too')
    .option('--json', 'write the report as JSON')
    .addHelpText(
      'after',
      `
For each measure:
  moved      how far values must be moved on average to turn one set into the other (Wasserstein distance), in standard
             deviations of the reference; for a share of clips, by how much it is higher or lower
  p          chance of such a difference between sets of the same kind: population stability index with its own
             distribution (Yurdakul 2018); clips of one recording count as alike as they are
  p of all   the same among as many measures (Benjamini and Hochberg 1995)
It has drifted when p of all is at most 0.1 and it moved by 0.1 standard deviations or 20 %; 300 clips of each set are
the least. The charts and windows of a running server judge by the same rules.

Exit codes: 0 no drift, 1 drift, or something failed here, 2 wrong file or option.

Examples:
  ossicle drift training-set live
  ossicle drift training-set live --html drift.html --json > drift.json`,
    )
    .action(drift);
}
