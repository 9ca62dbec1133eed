import type { DeliveryEnvironment } from '../src/delivery/environment.ts';
import type { DeliverySettings } from '../src/protocol/delivery-messages.ts';
import {
  ConnectedDelivery,
  type PageEnd,
  settingsFor,
  testEnvironment,
  type WorkletEnd,
} from './connected-delivery.ts';
import { ForeignServer, type Script } from './foreign-server.ts';

/** A delivery between a worklet's end, a page's end and a server that does as a script says. */
export interface DeliveryBench {
  readonly server: ForeignServer;
  readonly connected: ConnectedDelivery;
  readonly worklet: WorkletEnd;
  readonly page: PageEnd;
}

/** What a test opened; closed after it, the last first. */
export class OpenedResources {
  readonly #resources: { close(): unknown }[] = [];

  push(resource: { close(): unknown }): void {
    this.#resources.push(resource);
  }

  async close(): Promise<void> {
    for (const resource of this.#resources.splice(0).toReversed()) await resource.close();
  }
}

/** Connects a delivery that does not repeat requests unless told. @param open Takes what must be closed. */
export async function openDeliveryBench(
  open: OpenedResources,
  script: Script,
  overrides: Partial<DeliverySettings> = {},
  environment: DeliveryEnvironment = testEnvironment(),
): Promise<DeliveryBench> {
  const server = await new ForeignServer(script).listen();
  open.push(server);
  const connected = new ConnectedDelivery(environment);
  open.push(connected);
  await connected.delivery.configure(settingsFor(server.endpoint, { retryCount: 0, ...overrides }));
  const { worklet, page } = await connected.connect();
  return { server, connected, worklet, page };
}
