import { SpeechError } from '../errors.ts';
import type { DeliverySettings, GetToken } from '../protocol/delivery-messages.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { DevicePredictor } from './device-predictor.ts';
import type { DeviceRecogniser } from './device-recogniser.ts';
import type { DeliveryEnvironment } from './environment.ts';
import { FallbackPredictor } from './fallback-predictor.ts';
import { PredictionClient } from './prediction-client.ts';
import type { Predictor } from './predictor.ts';
import { TokenSource } from './token-source.ts';

/** Makes the predictor that settings ask for, and remembers across settings what is known of tokens and server. */
export class PredictorChoice {
  readonly #environment: DeliveryEnvironment;
  #tokens: TokenSource | undefined;
  #breaker: { readonly endpoint: string; readonly circuit: CircuitBreaker } | undefined;
  #choice: { readonly settings: DeliverySettings; readonly client: PredictionClient } | undefined;

  constructor(environment: DeliveryEnvironment) {
    this.#environment = environment;
  }

  /**
   * Checks settings once, for every take to come.
   *
   * @param getToken Absent: as before.
   * @throws TypeError or RangeError when endpoint, headers, deadline or retry count make no sense.
   */
  configure(settings: DeliverySettings, getToken: GetToken | undefined): void {
    const { endpoint } = settings;
    if (getToken !== undefined) this.#tokens = new TokenSource(getToken);
    if (this.#breaker?.endpoint !== endpoint) {
      this.#breaker = { endpoint, circuit: new CircuitBreaker(() => this.#environment.clock.now()) };
    }
    const links = { tokens: this.#tokens, circuit: this.#breaker.circuit };
    this.#choice = { settings, client: new PredictionClient(settings, this.#environment, links) };
  }

  /**
   * The predictor to use at the moment.
   *
   * @param recogniser The one connected at the moment, if any.
   * @throws SpeechError `recogniser` for `predict: 'device'` without a recogniser; `internal` without settings.
   */
  predictor(recogniser: DeviceRecogniser | undefined): Predictor {
    if (this.#choice === undefined) {
      throw new SpeechError('internal', 'The delivery has no settings. Call configure() before connecting a worklet.');
    }
    const { settings, client } = this.#choice;
    if (settings.predict === 'server') return client;
    if (recogniser !== undefined) {
      const device = new DevicePredictor(recogniser, settings.deadlineMs, this.#environment.clock);
      return settings.predict === 'device' ? device : new FallbackPredictor(client, device);
    }
    if (settings.predict === 'server-then-device') return client;
    throw new SpeechError(
      'recogniser',
      `The on-device recogniser is not connected. Load it, or predict on the server, then send the speech again.`,
    );
  }

  /** There is reason to believe in the server again: a person asks for it. */
  hope(): void {
    this.#breaker?.circuit.hope();
  }
}
