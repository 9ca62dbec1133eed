import { SpeechPipeline } from '../index.ts';
import { accessHeaders } from './access-key.ts';
import { startApp } from './app.ts';
import { storageOrMemory } from './key-value-storage.ts';
import { Preferences } from './preferences.ts';

const { signal } = new AbortController();
const local = storageOrMemory(() => localStorage);
const session = storageOrMemory(() => sessionStorage);
const headers = accessHeaders(location, history, session);
const preferences = new Preferences(local, window, signal);
preferences.useOnce('predict', new URLSearchParams(location.search).get('predict'));
const pipeline = new SpeechPipeline({
  headers,
  predict: preferences.get('predict'),
  preset: preferences.get('preset'),
  kernel: preferences.get('kernel'),
  queueOffline: preferences.get('unsent') === 'device',
});

startApp({ pipeline, headers, preferences, local, session }, signal);
