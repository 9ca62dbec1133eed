import { InvalidArgumentError } from 'commander';

/**
 * Reads a count from the command line.
 *
 * @throws InvalidArgumentError for anything but a whole number from 1 on.
 */
export function positiveCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('Give a whole number from 1 on.');
  }
  return count;
}
