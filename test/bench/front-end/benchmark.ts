import type { Corpus } from './corpus.ts';
import type { Table } from './table.ts';

/** What every benchmark is given. */
export interface BenchContext {
  readonly corpus: Corpus;
  /** Most clips of each set; Infinity for all. */
  readonly limit: number;
  /** Fewer repetitions, for a first look. */
  readonly isQuick: boolean;
  /** Says on standard error how far it is. */
  progress(text: string): void;
}

/** One table of the report. */
export interface Benchmark {
  readonly name: string;
  readonly run: (context: BenchContext) => Promise<Table>;
}
