import { MODEL_CACHE_NAME } from '../protocol/model-cache.ts';

/**
 * Bytes that the browser keeps of a model; 0 where it keeps nothing (plain http, some private modes).
 *
 * @param base Absolute URL of the model's folder, with a trailing slash.
 */
export async function storedModelBytes(base: string): Promise<number> {
  const cache = await modelCache();
  if (cache === undefined) return 0;
  let byteCount = 0;
  for (const request of await keysUnder(cache, base)) {
    const response = await cache.match(request);
    byteCount += Number(response?.headers.get('content-length') ?? 0);
  }
  return byteCount;
}

/** Deletes what the browser keeps of a model. @param base As for {@link storedModelBytes}. */
export async function deleteStoredModel(base: string): Promise<void> {
  const cache = await modelCache();
  if (cache === undefined) return;
  for (const request of await keysUnder(cache, base)) await cache.delete(request);
}

async function keysUnder(cache: Cache, base: string): Promise<readonly Request[]> {
  return (await cache.keys()).filter(({ url }) => url.startsWith(base));
}

async function modelCache(): Promise<Cache | undefined> {
  try {
    return 'caches' in globalThis && (await caches.has(MODEL_CACHE_NAME))
      ? await caches.open(MODEL_CACHE_NAME)
      : undefined;
  } catch {
    return undefined;
  }
}
