import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CIRCUIT_LIMITS,
  CircuitBreaker,
  type CircuitLimits,
  type CircuitOutcome,
  type CircuitPass,
} from '../../src/delivery/circuit-breaker.ts';
import { PredictionClient } from '../../src/delivery/prediction-client.ts';
import { isSpeechError } from '../../src/errors.ts';
import type { DeliverySettings } from '../../src/protocol/delivery-messages.ts';
import { settingsFor, testEnvironment } from '../connected-delivery.ts';
import { answerJson, ForeignServer, type Script } from '../foreign-server.ts';
import { ManualClock } from '../manual-clock.ts';

const LIMITS: CircuitLimits = { failureCount: 3, restMs: 1_000, longestRestMs: 4_000 };

describe('the circuit breaker', () => {
  let nowMs = 0;
  const breaker = (): CircuitBreaker => {
    nowMs = 0;
    return new CircuitBreaker(() => nowMs, LIMITS);
  };
  const run = (circuit: CircuitBreaker, outcome: CircuitOutcome): void => {
    const pass = circuit.pass();
    if (pass === undefined) throw new Error('It let nothing through.');
    pass(outcome);
  };

  it('opens after failures in a row, not after as many with an answer among them', () => {
    const circuit = breaker();
    for (const outcome of ['failed', 'failed', 'answered', 'failed', 'failed'] as const) run(circuit, outcome);
    expect(circuit.state.phase).toBe('closed');
    run(circuit, 'failed');
    expect(circuit.state.phase).toBe('open');
    expect(circuit.pass()).toBeUndefined();
    expect(circuit.restMs).toBe(1_000);
  });

  it('lets one probe through after its rest, and closes when that is answered', () => {
    const circuit = breaker();
    for (let i = 0; i < 3; i++) run(circuit, 'failed');
    nowMs = 999;
    expect(circuit.pass()).toBeUndefined();
    nowMs = 1_000;
    const probe = circuit.pass();
    expect(probe).toBeDefined();
    expect([circuit.pass(), circuit.restMs]).toEqual([undefined, undefined]);
    probe?.('answered');
    expect(circuit.state.phase).toBe('closed');
    for (let i = 0; i < 2; i++) run(circuit, 'failed');
    expect(circuit.state.phase).toBe('closed');
  });

  it('rests twice as long after each probe that fails, up to a limit', () => {
    const circuit = breaker();
    for (let i = 0; i < 3; i++) run(circuit, 'failed');
    const restsMs = [circuit.restMs];
    for (let i = 0; i < 4; i++) {
      nowMs += circuit.restMs ?? 0;
      run(circuit, 'failed');
      restsMs.push(circuit.restMs);
    }
    expect(restsMs).toEqual([1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  it('gives the next request the chance that a probe which was given up left', () => {
    const circuit = breaker();
    for (let i = 0; i < 3; i++) run(circuit, 'failed');
    nowMs = 1_000;
    run(circuit, 'given-up');
    expect(circuit.restMs).toBe(0);
    run(circuit, 'answered');
    expect(circuit.state.phase).toBe('closed');
  });

  it('lets a probe through at once when there is hope', () => {
    const circuit = breaker();
    for (let i = 0; i < 3; i++) run(circuit, 'failed');
    circuit.hope();
    run(circuit, 'answered');
    expect(circuit.state.phase).toBe('closed');
  });

  it('keeps its promises in whatever order requests begin and end', () => {
    type Action =
      | { readonly type: 'pass' }
      | { readonly type: 'wait'; readonly ms: number }
      | { readonly type: 'hope' };
    type End = { readonly type: 'end'; readonly which: number; readonly outcome: CircuitOutcome };
    const actions = fc.array(
      fc.oneof<fc.Arbitrary<Action | End>[]>(
        fc.constant({ type: 'pass' }),
        fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
        fc.constant({ type: 'hope' }),
        fc.record({
          type: fc.constant('end' as const),
          which: fc.nat(),
          outcome: fc.constantFrom<CircuitOutcome>('answered', 'failed', 'failed', 'given-up'),
        }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(actions, (list) => {
        const circuit = breaker();
        const open: { readonly pass: CircuitPass; readonly isProbe: boolean }[] = [];
        let failuresSinceAnswer = 0;
        let openedAtMs = Number.NEGATIVE_INFINITY;
        let hasHope = false;
        for (const action of list) {
          const before = circuit.state;
          if (action.type === 'wait') nowMs += action.ms;
          if (action.type === 'hope') {
            circuit.hope();
            hasHope = true;
          }
          if (action.type === 'pass') {
            const pass = circuit.pass();
            const isResting = before.phase === 'open' && !hasHope && nowMs < openedAtMs;
            const hasProbe = open.some(({ isProbe }) => isProbe) && before.phase === 'half-open';
            if (isResting || hasProbe) expect(pass).toBeUndefined();
            if (before.phase === 'closed') expect(pass).toBeDefined();
            if (pass !== undefined) open.push({ pass, isProbe: before.phase === 'open' });
          }
          if (action.type === 'end' && open.length > 0) {
            const [ended] = open.splice(action.which % open.length, 1);
            ended?.pass(action.outcome);
            const isHeard = ended?.isProbe === true || before.phase === 'closed';
            if (isHeard && action.outcome === 'failed') failuresSinceAnswer++;
            if (isHeard && action.outcome === 'answered') failuresSinceAnswer = 0;
          }
          const after = circuit.state;
          expect(after.era).toBeGreaterThanOrEqual(before.era);
          if (before.phase === 'closed' && after.phase !== 'closed') {
            expect(failuresSinceAnswer).toBeGreaterThanOrEqual(LIMITS.failureCount);
          }
          if (after.phase === 'open' && before.phase !== 'open') {
            openedAtMs = after.untilMs;
            hasHope = false;
            expect(after.restMs).toBeLessThanOrEqual(LIMITS.longestRestMs);
          }
          // An open breaker never closes but through a probe.
          if (before.phase === 'open') expect(after.phase).not.toBe('closed');
          // However badly it went, it comes back.
          if (after.phase === 'open') expect(after.untilMs - nowMs).toBeLessThanOrEqual(LIMITS.longestRestMs);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a client behind a circuit breaker', () => {
  const servers: ForeignServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  async function client(
    script: Script,
    overrides: Partial<DeliverySettings> = {},
  ): Promise<{
    readonly server: ForeignServer;
    readonly clock: ManualClock;
    readonly circuit: CircuitBreaker;
    readonly ask: (signal?: AbortSignal) => Promise<string>;
  }> {
    const server = await new ForeignServer(script).listen();
    servers.push(server);
    const clock = new ManualClock();
    const circuit = new CircuitBreaker(() => clock.now());
    const settings = settingsFor(server.endpoint, { retryCount: 0, ...overrides });
    const predictor = new PredictionClient(settings, testEnvironment({ clock }), { circuit });
    const ask = async (signal = new AbortController().signal): Promise<string> => {
      const clip = { pcm16: new Int16Array(160), idempotencyKey: 'key', onSent: () => undefined };
      try {
        return (await predictor.predict(clip, signal)).text;
      } catch (thrown) {
        return isSpeechError(thrown) ? thrown.code : String(thrown);
      }
    };
    return { server, clock, circuit, ask };
  }

  it.each<[string, number | 'reset']>([
    ['broken connections', 'reset'],
    ['status 408', 408],
    ['status 425', 425],
    ['status 429', 429],
    ['status 503', 503],
  ])('leaves the server alone after five times %s, with the code of the last failure', async (_name, status) => {
    const { server, circuit, ask } = await client((exchange) => {
      if (status === 'reset') exchange.response.socket?.resetAndDestroy();
      else answerJson(exchange, {}, status);
    });
    const codes: string[] = [];
    for (let i = 0; i < 6; i++) codes.push(await ask());
    expect(new Set(codes).size).toBe(1);
    expect(server.exchanges).toHaveLength(5);
    expect(circuit.state.phase).toBe('open');
  });

  it.each([400, 401, 404, 413, 422])('goes on asking after status %i: that is the request’s fault', async (status) => {
    const { server, ask } = await client((exchange) => answerJson(exchange, {}, status));
    for (let i = 0; i < 7; i++) await ask();
    expect(server.exchanges).toHaveLength(7);
  });

  it('counts a deadline that passes in silence, but not a caller who leaves', async () => {
    const { server, clock, circuit, ask } = await client(() => undefined, { deadlineMs: 1_000 });
    for (let i = 0; i < 6; i++) {
      const caller = new AbortController();
      const outcome = ask(caller.signal);
      await server.received(i);
      caller.abort(new Error('left'));
      expect(await outcome).toBe('Error: left');
    }
    expect(circuit.state).toMatchObject({ phase: 'closed', failedCount: 0 });
    const outcome = ask();
    await server.received(6);
    clock.advance(1_000);
    expect(await outcome).toBe('timeout');
    expect(circuit.state).toMatchObject({ phase: 'closed', failedCount: 1 });
  });

  it('waits for the server’s turn where there is nothing else, if the deadline allows it', async () => {
    const { server, clock, ask } = await client(
      (exchange, index) => answerJson(exchange, { text: 'tea' }, index < 5 ? 500 : 200),
      {
        retryCount: 1,
        deadlineMs: 20_000,
      },
    );
    for (let i = 0; i < 2; i++) {
      const outcome = ask();
      await clock.whenPending(2);
      clock.advance(Math.min(...clock.pendingMs));
      await outcome;
    }
    // Its fifth failure opens the circuit; the repeat then waits until it may be a probe.
    const outcome = ask();
    await server.received(4);
    await clock.whenPending(2);
    expect(clock.pendingMs).toContain(CIRCUIT_LIMITS.restMs);
    clock.advance(CIRCUIT_LIMITS.restMs);
    expect(await outcome).toBe('tea');
    expect(server.exchanges).toHaveLength(6);
  });

  it('does not wait where the device stands by', async () => {
    const { clock, server, ask } = await client((exchange) => answerJson(exchange, {}, 500), {
      predict: 'server-then-device',
      retryCount: 2,
    });
    const circuitOpens = async (): Promise<void> => {
      for (let i = 0; i < 2; i++) {
        const outcome = ask();
        for (let pause = 0; pause < 2 - i; pause++) {
          await clock.whenPending(2);
          clock.advance(Math.min(...clock.pendingMs));
        }
        expect(await outcome).toBe('server');
      }
    };
    await circuitOpens();
    expect(server.exchanges).toHaveLength(5);
    const before = clock.now();
    expect(await ask()).toBe('server');
    expect([server.exchanges.length, clock.now()]).toEqual([5, before]);
  });
});
