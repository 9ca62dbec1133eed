import { SpeechError } from '../errors.ts';
import type { DeliverySettings } from '../protocol/delivery-messages.ts';
import { DevicePredictor } from './device-predictor.ts';
import type { DeviceRecogniser } from './device-recogniser.ts';
import type { DeliveryEnvironment } from './environment.ts';
import { FallbackPredictor } from './fallback-predictor.ts';
import { PredictionClient } from './prediction-client.ts';
import type { Predictor } from './predictor.ts';

/** Makes the predictor that settings ask for, given the recogniser connected at the moment, if any. */
export type PredictorChoice = (recogniser: DeviceRecogniser | undefined) => Predictor;

/**
 * Checks settings once, for every take to come.
 *
 * The choice throws SpeechError `recogniser` for `predict: 'device'` without a recogniser.
 *
 * @throws TypeError or RangeError when endpoint, headers, deadline or retry count make no sense.
 */
export function preparePredictors(settings: DeliverySettings, environment: DeliveryEnvironment): PredictorChoice {
  const client = new PredictionClient(settings, environment);
  return (recogniser) => {
    if (settings.predict === 'server') return client;
    if (recogniser !== undefined) {
      const device = new DevicePredictor(recogniser, settings.deadlineMs, environment.clock);
      return settings.predict === 'device' ? device : new FallbackPredictor(client, device);
    }
    if (settings.predict === 'server-then-device') return client;
    throw new SpeechError(
      'recogniser',
      `The on-device recogniser is not connected. Load it, or predict on the server, then send the speech again.`,
    );
  };
}
