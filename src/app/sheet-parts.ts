import type { KeptDataPlaces } from './kept-data.ts';
import type { Preferences } from './preferences.ts';
import type { RecogniserDownload } from './recogniser-download.ts';
import type { SearchHistory } from './search-history.ts';

/** What the sheets show and change. */
export interface SheetParts {
  readonly preferences: Preferences;
  readonly recogniser: RecogniserDownload;
  readonly history: SearchHistory;
  readonly places: KeptDataPlaces;
  readonly search: (text: string) => void;
  /** Says that a sheet could not be fetched. */
  readonly tell: (words: string) => void;
}
