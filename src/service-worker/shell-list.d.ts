/** Written at build time of the built page: `src/build/shell-list.mjs`. */
declare module 'virtual:shell-list' {
  /** One file of the page. */
  export interface ShellFile {
    /** Path from the site's root; pages end in a slash. */
    readonly path: string;
    /** Which files are wanted together; `page` at once, any other group once one of it was asked for. */
    readonly group: string;
    /** Subresource Integrity metadata of its content. */
    readonly integrity: string;
  }
  export const SHELL_VERSION: string;
  export const SHELL_FILES: readonly ShellFile[];
}
