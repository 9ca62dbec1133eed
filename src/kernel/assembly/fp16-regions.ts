/** Read by the build alone: every memory region of the fp16 kernel. */
export * from './float-memory';
export * from './memory-map';
