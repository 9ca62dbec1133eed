import { createHash } from 'node:crypto';
import { type ClipContract, clipContract, contractDifferences, parseClipContract } from '../front-end/clip-contract.ts';
import { resolveFrontEndOptions } from '../front-end/options.ts';
import type { Preset } from '../front-end/presets.ts';
import { bundledKernelPath } from '../server/locations.ts';
import { MOONSHINE_TINY_EN } from '../server/release.ts';
import { CliError, oneLine } from './cli-error.ts';
import { DEFAULT_KERNEL, KERNEL_NAMES } from './locations.ts';
import { readInput } from './read-input.ts';
import { readKernel } from './speech-parts.ts';

/** A contract, and the text and digest under which clips name it. */
export interface WrittenContract {
  readonly contract: ClipContract;
  /** Content of `clip-contract.json`. */
  readonly text: string;
  readonly sha256: string;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function written(contract: ClipContract): WrittenContract {
  const text = `${JSON.stringify(contract, undefined, 2)}\n`;
  return { contract, text, sha256: sha256(text) };
}

/** The contract that the microphone's worklet keeps under a preset, with the recogniser that comes with Ossicle. */
export async function presetContract(preset: Preset): Promise<WrittenContract> {
  const kernel = { name: DEFAULT_KERNEL, sha256: sha256(await readKernel(bundledKernelPath(DEFAULT_KERNEL))) };
  return written(
    clipContract(resolveFrontEndOptions({ preset }), { preset, kernel, recogniserProfile: MOONSHINE_TINY_EN.id }),
  );
}

/**
 * Reads a contract file.
 *
 * @throws CliError when it is missing, no contract, or asks for what this version does not have.
 */
export async function readContract(path: string): Promise<WrittenContract> {
  let contract: ClipContract;
  const text = new TextDecoder().decode(await readInput(path));
  try {
    contract = parseClipContract(JSON.parse(text));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'not JSON' : oneLine(error).replace(/\.$/, '');
    throw new CliError(`${path}: ${what}; give a clip-contract.json that this version of ossicle prep can keep.`);
  }
  const { name, sha256: wanted } = contract.kernel;
  if (!KERNEL_NAMES.includes(name)) {
    throw new CliError(`${path}: kernel.name is "${name}"; this version has ${KERNEL_NAMES.join(' and ')}.`);
  }
  const present = sha256(await readKernel(bundledKernelPath(name)));
  if (present !== wanted) {
    throw new CliError(
      `${path}: ${name} has the SHA-256 ${wanted} there and ${present} here, so that clips would be cut elsewhere; use the version of Ossicle that wrote it.`,
    );
  }
  return written(contract);
}

/**
 * Makes sure that a folder goes on under the contract that it was begun with.
 *
 * @throws CliError with every difference, in words.
 */
export async function requireSameContract(path: string, asked: WrittenContract): Promise<void> {
  const begun = await readContract(path);
  const differences = contractDifferences(begun.contract, asked.contract);
  if (differences.length > 0) {
    throw new CliError(
      `${path}: this folder was begun under another contract: ${differences.join('; ')}. Name another folder, or go on with --contract ${path}.`,
    );
  }
}
