import { destination, pino } from 'pino';
import type { LogLevel, ServerLog } from './telemetry.ts';

/** Where lines go. */
export interface LineSink {
  write(line: string): void;
}

const STANDARD_ERROR = 2;

/**
 * One line of JSON for each request, on standard error.
 *
 * A line holds no audio, no text, no query, no key; the caller's address only where the facts hold it.
 */
export function requestLog(
  level: LogLevel,
  sink: LineSink = destination({ fd: STANDARD_ERROR, sync: true }),
): ServerLog {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return {
    requestEnded(facts) {
      const line = { ...facts, durationMs: Math.round(facts.durationMs * 10) / 10 };
      if (facts.status >= 500) logger.error(line, 'failed');
      else if (facts.status >= 400) logger.warn(line, 'refused');
      else logger.info(line, 'answered');
    },
    failed(requestId, error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      logger.error({ requestId, error: { name, message, stack } }, 'server fault');
    },
  };
}
