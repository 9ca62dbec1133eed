/** Read by the build alone: every memory region of the int8 kernel. */
export * from './integer-memory';
export * from './memory-map';
