import type { Ms } from '../units.ts';

/** When a breaker opens, and for how long. */
export interface CircuitLimits {
  /** Failures in a row that open it. */
  readonly failureCount: number;
  /** How long nothing is sent after it opened; doubles with every probe that fails. */
  readonly restMs: Ms;
  /** Upper end of the doubling. */
  readonly longestRestMs: Ms;
}

/** Two spoken sentences that fail with their repeats open it; nobody waits much longer than 5 s for a search. */
export const CIRCUIT_LIMITS: CircuitLimits = { failureCount: 5, restMs: 5_000, longestRestMs: 60_000 };

/**
 * Where a breaker stands. `era` grows with every change of phase: what was sent in an earlier era has no say any more.
 */
export type CircuitState =
  | { readonly phase: 'closed'; readonly era: number; readonly failedCount: number }
  | { readonly phase: 'open'; readonly era: number; readonly untilMs: Ms; readonly restMs: Ms }
  /** One probe is under way. */
  | { readonly phase: 'half-open'; readonly era: number; readonly restMs: Ms };

/** What became of a request: answered in whatever words, failed in a way that speaks against the server, or given up. */
export type CircuitOutcome = 'answered' | 'failed' | 'given-up';

/** What happens to a breaker. */
export type CircuitInput =
  | { readonly type: 'ask' }
  | { readonly type: 'outcome'; readonly era: number; readonly outcome: CircuitOutcome }
  /** There is reason to try again now: the network came back, or a person asked. */
  | { readonly type: 'hope' };

/** The state after an input; `admitted` is the era of the request that may go out, after `ask` only. */
export interface CircuitStep {
  readonly state: CircuitState;
  readonly admitted?: number;
}

/** Everything may go out. */
export const CLOSED_CIRCUIT: CircuitState = { phase: 'closed', era: 0, failedCount: 0 };

/**
 * One step of the breaker: closed until requests fail in a row, open for a while, then one probe decides.
 *
 * Pure. Source: M. Nygard, "Release It!", 2nd edition, 2018, chapter 5, "Circuit Breaker".
 */
export function stepCircuit(state: CircuitState, input: CircuitInput, nowMs: Ms, limits: CircuitLimits): CircuitStep {
  switch (input.type) {
    case 'ask':
      return ask(state, nowMs);
    case 'hope':
      return { state: state.phase === 'open' ? { ...state, untilMs: Math.min(state.untilMs, nowMs) } : state };
    case 'outcome':
      return { state: input.era === state.era ? settled(state, input.outcome, nowMs, limits) : state };
    default:
      return input satisfies never;
  }
}

function ask(state: CircuitState, nowMs: Ms): CircuitStep {
  switch (state.phase) {
    case 'closed':
      return { state, admitted: state.era };
    case 'half-open':
      return { state };
    case 'open': {
      if (nowMs < state.untilMs) return { state };
      const era = state.era + 1;
      return { state: { phase: 'half-open', era, restMs: state.restMs }, admitted: era };
    }
    default:
      return state satisfies never;
  }
}

function settled(state: CircuitState, outcome: CircuitOutcome, nowMs: Ms, limits: CircuitLimits): CircuitState {
  const era = state.era + 1;
  if (state.phase === 'closed') {
    if (outcome === 'given-up') return state;
    const failedCount = outcome === 'failed' ? state.failedCount + 1 : 0;
    if (failedCount < limits.failureCount) return { ...state, failedCount };
    return { phase: 'open', era, untilMs: nowMs + limits.restMs, restMs: limits.restMs };
  }
  // Nothing that was sent is of an open breaker's era.
  if (state.phase === 'open') return state;
  if (outcome === 'answered') return { phase: 'closed', era, failedCount: 0 };
  if (outcome === 'given-up') return { phase: 'open', era, untilMs: nowMs, restMs: state.restMs };
  const restMs = Math.min(limits.longestRestMs, state.restMs * 2);
  return { phase: 'open', era, untilMs: nowMs + restMs, restMs };
}

/** A request that a breaker let through; its outcome is told once. */
export type CircuitPass = (outcome: CircuitOutcome) => void;

/** Keeps a server that fails again and again from being asked by every segment. */
export class CircuitBreaker {
  readonly #now: () => Ms;
  readonly #limits: CircuitLimits;
  #state: CircuitState = CLOSED_CIRCUIT;

  /** @param now Monotonic. */
  constructor(now: () => Ms, limits: CircuitLimits = CIRCUIT_LIMITS) {
    this.#now = now;
    this.#limits = limits;
  }

  /** Where it stands. */
  get state(): CircuitState {
    return this.#state;
  }

  /** How long it stays open; undefined when it is not, or when that depends on a probe that is under way. */
  get restMs(): Ms | undefined {
    return this.#state.phase === 'open' ? Math.max(0, this.#state.untilMs - this.#now()) : undefined;
  }

  /** Asks to send a request; undefined when it must not go out. */
  pass(): CircuitPass | undefined {
    const era = this.#step({ type: 'ask' }).admitted;
    return era === undefined ? undefined : (outcome) => this.#step({ type: 'outcome', era, outcome });
  }

  /** Lets the next request through as a probe. */
  hope(): void {
    this.#step({ type: 'hope' });
  }

  #step(input: CircuitInput): CircuitStep {
    const step = stepCircuit(this.#state, input, this.#now(), this.#limits);
    this.#state = step.state;
    return step;
  }
}
