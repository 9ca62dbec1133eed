import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { isPreset } from '../front-end/presets.ts';
import { bundledKernelPath } from '../server/locations.ts';
import { writeAtomically } from './atomic-file.ts';
import { CliError, EXIT_CODES } from './cli-error.ts';
import { PREP_WORKER_URL } from './locations.ts';
import { positiveCount } from './option-parsers.ts';
import { print, printJson } from './output.ts';
import { presetContract, readContract, type WrittenContract } from './prep-contract.ts';
import { leftoverClips, openOutFolder, requireFolders } from './prep-folders.ts';
import { PrepLedger } from './prep-ledger.ts';
import type { PrepOutcome, PrepRequest, PrepSettings } from './prep-messages.ts';
import { prepReportHtml } from './prep-report-html.ts';
import { prepReportText } from './prep-report-text.ts';
import { type PrepSummary, prepSummary } from './prep-summary.ts';
import { presetOption } from './preset-option.ts';
import { Progress } from './progress.ts';
import { findRecordings, type RecordingTree } from './recording-tree.ts';
import { runOnThreads } from './thread-pool.ts';

interface PrepFlags {
  readonly contract?: string;
  readonly preset: string;
  readonly jobs: number;
  readonly json?: true;
}

interface PrepPlan {
  readonly inFolder: string;
  readonly outFolder: string;
  readonly contract: WrittenContract;
  readonly threadCount: number;
}

async function requireRecordings(inFolder: string, outFolder: string): Promise<RecordingTree> {
  const tree = await findRecordings(inFolder, outFolder);
  if (tree.recordings.length + tree.unreachable.length === 0) {
    const others = [...tree.otherFileCounts.values()].reduce((sum, count) => sum + count, 0);
    throw new CliError(
      `${inFolder}: no file in it ends in .wav or .flac${others > 0 ? `, ${others} in something else` : ''}; name another folder, or convert the recordings.`,
    );
  }
  return tree;
}

async function openLedger(plan: PrepPlan, partsFolder: string, tree: RecordingTree): Promise<PrepLedger> {
  const ledger = await PrepLedger.open(plan.outFolder, partsFolder, plan.contract.sha256);
  const known = ledger.sources;
  if (known.length > 0 && !known.some(({ source }) => tree.recordings.includes(source.source))) {
    throw new CliError(
      `${plan.outFolder}: it holds the clips of other recordings, none of which is in ${plan.inFolder}; name another folder.`,
    );
  }
  return ledger;
}

/** Prepares what is not prepared yet. @returns How many recordings were there already. */
async function hearRecordings(plan: PrepPlan, partsFolder: string, tree: RecordingTree, ledger: PrepLedger) {
  const { inFolder, outFolder, contract } = plan;
  const progress = new Progress('recordings', tree.recordings.length);
  let keptCount = 0;
  const stop = (): never => {
    rmSync(partsFolder, { recursive: true, force: true });
    process.stderr.write(
      `\nossicle: interrupted, ${progress.doneCount} of ${tree.recordings.length} recordings are done; run the same command again to go on.\n`,
    );
    process.exit(EXIT_CODES.interrupted);
  };
  process.once('SIGINT', stop);
  const settings: PrepSettings = {
    inFolder,
    outFolder,
    partsFolder,
    contract: contract.contract,
    contractSha256: contract.sha256,
    kernelPath: bundledKernelPath(contract.contract.kernel.name),
  };
  const stale: string[] = [];
  await runOnThreads<PrepRequest, PrepOutcome>(
    tree.recordings.map((source) => {
      const known = ledger.known(source);
      return known === undefined ? { source } : { source, known };
    }),
    { workerUrl: PREP_WORKER_URL, threadCount: plan.threadCount, workerData: settings },
    (outcome) => {
      if (outcome.status === 'kept') keptCount++;
      else stale.push(...ledger.record(outcome.source, outcome.status === 'heard' ? outcome.clips : []));
      progress.advance();
    },
  );
  await Promise.all(stale.map((path) => rm(join(outFolder, path), { force: true })));
  process.removeListener('SIGINT', stop);
  return keptCount;
}

async function prepare(plan: PrepPlan): Promise<{ readonly summary: PrepSummary; readonly keptCount: number }> {
  const { inFolder, outFolder, contract } = plan;
  const tree = await requireRecordings(inFolder, outFolder);
  const partsFolder = await openOutFolder(outFolder, contract);
  const ledger = await openLedger(plan, partsFolder, tree);
  const keptCount = await hearRecordings(plan, partsFolder, tree, ledger);
  ledger.keepOnly(new Set(tree.recordings));
  for (const { path, reason } of tree.unreachable) {
    ledger.record({ source: path, sha256: null, seconds: 0, rateHz: 0, clipCount: 0, failure: reason }, []);
  }
  await ledger.write();
  const listed = new Set(ledger.sources.flatMap(({ clips }) => clips.map(({ path }) => path)));
  const summary = prepSummary(ledger.sources, {
    contract: contract.contract,
    contractSha256: contract.sha256,
    otherFiles: [...tree.otherFileCounts].sort().map(([ending, count]) => ({ ending, count })),
    preparedFolders: tree.preparedFolders,
    leftoverClips: await leftoverClips(outFolder, listed),
  });
  await writeAtomically(join(outFolder, 'report.txt'), `${prepReportText(summary)}\n`, partsFolder);
  await writeAtomically(join(outFolder, 'report.html'), prepReportHtml(summary), partsFolder);
  await rm(partsFolder, { recursive: true, force: true });
  return { summary, keptCount };
}

function asJson({ measures, ...summary }: PrepSummary, keptCount: number): object {
  return {
    ...summary,
    preparedBeforeCount: keptCount,
    distributions: Object.fromEntries(
      measures.map(({ measure, distribution, unknownCount }) => [
        measure.key,
        { of: measure.of, unit: measure.unit, unknownCount, ...distribution },
      ]),
    ),
  };
}

async function prep(inFolder: string, outFolder: string, flags: PrepFlags, command: Command): Promise<void> {
  await requireFolders(inFolder, outFolder);
  const { contract: path, preset } = flags;
  if (path !== undefined && command.getOptionValueSource('preset') === 'cli') {
    throw new CliError('--contract and --preset exclude each other: the contract names its preset; leave one out.');
  }
  if (!isPreset(preset)) throw new CliError(`--preset ${preset}: no such preset.`);
  const contract = path === undefined ? await presetContract(preset) : await readContract(path);
  const { summary, keptCount } = await prepare({ inFolder, outFolder, contract, threadCount: flags.jobs });
  if (keptCount > 0) process.stderr.write(`${keptCount} of them were prepared before\n`);
  if (flags.json) await printJson(asJson(summary, keptCount));
  else await print(`${prepReportText(summary)}\n\nWritten to ${outFolder}; look at ${join(outFolder, 'report.html')}.`);
  if (summary.failed.length > 0) process.exitCode = EXIT_CODES.failure;
}

/** `ossicle prep`: a training set through the front end. */
export function prepCommand(): Command {
  return new Command('prep')
    .description('Cut and level a training set exactly as the microphone worklet cuts and levels live audio.')
    .argument('<in>', 'folder of WAV and FLAC files of any rate from 8 to 192 kHz, searched to its depth')
    .argument('<out>', 'folder for the clips; an interrupted run goes on in it')
    .option('--contract <file>', 'keep the settings of this clip-contract.json')
    .addOption(presetOption('search'))
    .option('--jobs <n>', 'recordings at a time, each on a core', positiveCount, availableParallelism())
    .option('--json', 'write the report as JSON')
    .addHelpText(
      'after',
      `
Written to the folder, each file whole or not at all:
  clips/NAME-1.wav …     16 kHz, 16 bits, mono: what the worklet would send, padding zeros included
  manifest.jsonl         a line a clip: path, source, its SHA-256, start and end in it, all measurements, why it ended
  sources.jsonl          a line a recording: SHA-256, length, rate, number of clips, or why there is none
  clip-contract.json     all that decides how clips are cut and levelled; another front end can be held to it
  report.txt, .html      distributions, and clips worth listening to
Run it again to go on after an interruption, or when recordings were added or changed: what is done is kept.
Links are followed; hidden files, and folders that hold a clip-contract.json, are passed over.

Exit codes: 0 all recordings were heard (speech or not), 1 some could not be read, 2 wrong folder or option,
130 interrupted.

Examples:
  ossicle prep recordings training-set
  ossicle prep more-recordings more-clips --contract training-set/clip-contract.json --json > report.json`,
    )
    .action(prep);
}
