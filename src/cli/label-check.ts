import { Command, Option } from 'commander';
import { NORMALISER_NAMES, type NormaliserName } from '../evaluation/text-normaliser.ts';
import { CliError } from './cli-error.ts';
import { type Labeller, readLabellers } from './label-files.ts';
import { reportLabels } from './label-report.ts';
import { formatLabelReport } from './label-report-text.ts';
import { print, printJson } from './output.ts';

interface LabelCheckFlags {
  readonly normaliser: NormaliserName;
  readonly json?: true;
}

function requireComparable(labellers: readonly Labeller[]): void {
  const [first, second] = labellers;
  if (first === undefined || second === undefined) {
    throw new CliError(
      `Only one labeller, ${first?.name ?? 'nobody'}: give a second file, or lines with a "labeller" each.`,
    );
  }
  const counts = new Map<string, number>();
  for (const { labels } of labellers) for (const id of labels.keys()) counts.set(id, (counts.get(id) ?? 0) + 1);
  if (![...counts.values()].some((count) => count > 1)) {
    const [one, other] = [first, second].map(({ labels }) => [...labels.keys()][0]);
    throw new CliError(
      `No clip was labelled twice: ${first.name} names clips as "${one}", ${second.name} as "${other}"; give them the same names.`,
    );
  }
}

async function labelCheck(paths: readonly string[], flags: LabelCheckFlags): Promise<void> {
  const labellers = await readLabellers(paths);
  requireComparable(labellers);
  const report = reportLabels(labellers, flags.normaliser);
  if (flags.json) await printJson(report);
  else await print(formatLabelReport(report));
}

/** `ossicle label-check`: whether several labellers write the same. */
export function labelCheckCommand(): Command {
  return new Command('label-check')
    .description('Compare what several labellers wrote of the same clips: how far they agree, and in what they differ.')
    .argument('<file...>', 'JSON lines, or a table with commas or tabs and a header')
    .addOption(
      new Option('--normaliser <name>', 'how texts are made comparable').choices(NORMALISER_NAMES).default('english'),
    )
    .option('--json', 'write JSON')
    .addHelpText(
      'after',
      `
Each line or row: id or path of the clip; transcript, or label where clips are sorted into categories; and labeller.
Without labeller, a file is one labeller, named by it. A null transcript, or an empty cell for a label, is one not done.

For each pair:
  same, same words   share of clips with the same text, and with the same words after the normaliser
  WER                word edits over the mean number of words of both, so that nobody is the reference; 95 % interval
                     by bootstrap over clips
  kappa              Cohen's (1960), on labels, or on whole transcripts of a closed set (at most 50 texts, each used 5
                     times on average); for three and more labellers also Fleiss' (1971) and the mean over pairs
What differs is named by the step of a normaliser without which the two stay different.

Examples:
  ossicle label-check anna.jsonl ben.jsonl
  ossicle label-check labels.csv --json > agreement.json`,
    )
    .action(labelCheck);
}
