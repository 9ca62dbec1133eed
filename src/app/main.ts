import { SpeechPipeline } from '../index.ts';
import { accessHeaders } from './access-key.ts';
import { startApp } from './app.ts';
import { storageOrMemory } from './key-value-storage.ts';
import { initialPlace } from './predict-setting.ts';
import { queueChoice } from './queue-setting.ts';

const lifetime = new AbortController();
const storage = storageOrMemory(() => localStorage);
const headers = accessHeaders(
  location,
  history,
  storageOrMemory(() => sessionStorage),
);
const place = initialPlace(location.search, storage);
const pipeline = new SpeechPipeline({ headers, predict: place, queueOffline: queueChoice(storage) === 'device' });

startApp({ pipeline, headers, place, storage }, lifetime.signal);
