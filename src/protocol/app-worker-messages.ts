/** Page to its service worker. */
export type ToAppWorker =
  /** A page of this worker's version opened. */
  | { readonly type: 'opened' }
  /** The page of a newer version is wanted now: the worker that waits takes over. */
  | { readonly type: 'take-over' }
  /** These files were fetched before the worker was there: they, and what goes with them, are wanted offline, too. */
  | { readonly type: 'keep'; readonly paths: readonly string[] }
  /** The on-device recogniser was deleted: its worker and its runtime are not wanted offline any more. */
  | { readonly type: 'forget-recogniser' }
  /** Asks for a file that another program shared; answered with a {@link SharedFile} over the port that comes with it. */
  | { readonly type: 'take-shared'; readonly shareId: string };

/** A file that another program shared, handed over once; undefined when it is gone. */
export type SharedFile = File | undefined;

/** Where the system posts what other programs share; named in the web app manifest. */
export const SHARE_PATH: '/share' = '/share';
/** Form field in which a shared file comes; named in the web app manifest. */
export const SHARE_FILE_FIELD: 'recording' = 'recording';
/** Query parameter of the page that names the shared file to take. */
export const SHARED_PARAMETER: 'shared' = 'shared';
