import { join } from 'node:path';

/** The repository. */
export const ROOT: string = join(import.meta.dirname, '../..');
/** Sources of the pages. */
export const DOCS: string = join(ROOT, 'docs');
/** Pages that are made at every build, and kept out of version control. */
export const GENERATED: string = join(DOCS, 'reference');
/** The built site. */
export const SITE: string = join(ROOT, 'dist/docs');
/** Where the site shows files of the repository that pages link to, from its root. */
export const SOURCE_FOLDER = 'reference/source';
