import type { DeliverySettings } from './delivery-messages.ts';

/** What a page's delivery uses where its site says nothing; a service worker's, too. */
export const DELIVERY_DEFAULTS: Omit<DeliverySettings, 'sessionKey'> = {
  endpoint: '/v1/audio/transcriptions',
  server: 'ossicle',
  model: 'moonshine-tiny-en',
  responseFormat: 'json',
  stream: false,
  encoding: 'wav',
  language: 'en',
  headers: {},
  deadlineMs: 15_000,
  retryCount: 2,
  predict: 'server',
};
