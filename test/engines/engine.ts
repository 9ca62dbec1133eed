import type { ProbeReport } from '../probe/probe-report.ts';

/** A browser with a page in it. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  goto(url: string): Promise<void>;
  /** Presses what the selector names, as its user does. */
  click(selector: string): Promise<void>;
  /** @param expression Script whose value is JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** Puts another tab, or nothing, before the page. */
  hide(): Promise<void>;
  show(): Promise<void>;
  close(): Promise<void>;
}

/** Everything that the probe page noted so far. */
export function readProbe(engine: Engine): Promise<ProbeReport> {
  return engine.evaluate<ProbeReport>('globalThis.probe?.report() ?? { phase: "", events: [] }');
}

/** Waits until the probe page's report fulfils the condition. @throws Error with what was noted when it does not. */
export async function until(
  engine: Engine,
  what: string,
  condition: (report: ProbeReport) => boolean,
  withinMs: number = 30_000,
): Promise<ProbeReport> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    // While the page is on its way to another there is nobody to ask.
    const report = await readProbe(engine).catch((error: unknown) => String(error));
    if (typeof report !== 'string' && condition(report)) return report;
    if (performance.now() > deadlineMs) {
      if (typeof report === 'string') throw new Error(`${engine.name}: no "${what}" within ${withinMs} ms: ${report}`);
      const noted = report.events.map(({ atMs, ...event }) => `${Math.round(atMs)} ${JSON.stringify(event)}`);
      throw new Error(`${engine.name}: no "${what}" within ${withinMs} ms. Noted:\n${noted.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The states that the pipeline went through. */
export function phasesIn(report: ProbeReport): string[] {
  return report.events.map(({ type }) => type).filter((type) => PHASES.has(type));
}

const PHASES: ReadonlySet<string> = new Set([
  ...['idle', 'requesting', 'starting', 'listening'],
  ...['finishing', 'interrupted', 'recovering', 'failed'],
]);
