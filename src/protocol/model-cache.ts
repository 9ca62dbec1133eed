/**
 * Name of the cache in which the on-device recogniser keeps its model, in the page's Cache Storage: shared by its
 * worker, which fills it, and the page, which can empty it without starting the worker.
 *
 * Every entry's address begins with that of the model's folder, and tells its length as `Content-Length`.
 */
export const MODEL_CACHE_NAME: 'ossicle-models' = 'ossicle-models';
