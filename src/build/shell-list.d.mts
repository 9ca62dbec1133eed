import type { Plugin } from 'vite';

/** See shell-list.mjs. */
export declare function shellFiles(
  folder: string,
): readonly { readonly path: string; readonly group: string; readonly integrity: string }[];
/** See shell-list.mjs. */
export declare function shellList(folder: string): Plugin;
