import deliveryWorkerUrl from '../delivery/delivery-worker.ts?worker&url';
import recogniserWorkerUrl from '../recogniser-worker/recogniser-worker.ts?worker&url';

/** Where the workers are fetched from. */
export interface WorkerAssets {
  readonly deliveryWorkerUrl: string;
  readonly recogniserWorkerUrl: string;
}

/** The workers beside this module, or below `assetBase` (with a trailing slash) where a site hosts them elsewhere. */
export function workerAssets(assetBase: string | undefined): WorkerAssets {
  if (assetBase === undefined) return { deliveryWorkerUrl, recogniserWorkerUrl };
  const base = new URL(assetBase, location.href);
  return {
    deliveryWorkerUrl: new URL('delivery-worker.js', base).href,
    recogniserWorkerUrl: new URL('recogniser-worker.js', base).href,
  };
}
