import * as v from 'valibot';

/**
 * How much a page does by itself with a recognised text, from nothing to everything.
 *
 * L0: people type. L1: recognised in the background, nothing shown. L2: filled in, the person confirms. L3: goes on by
 * itself from a confidence on, else asks. L4: always goes on by itself, with undo.
 */
export const AUTOMATION_LEVELS = ['L0', 'L1', 'L2', 'L3', 'L4'] as const;
/** One of {@link AUTOMATION_LEVELS}. */
export type AutomationLevel = (typeof AUTOMATION_LEVELS)[number];

/** Answer of `GET /v1/session`: what a page has to know before the press. */
export interface SessionAnswer {
  /** The release that will answer this session's clips. */
  readonly release: string;
  readonly automationLevel: AutomationLevel;
  /** At level L3, the confidence (0..1) from which the page goes on by itself. */
  readonly tau: number;
  /** Version of the clip contract that the release was prepared for. */
  readonly clipContract: string;
}

const sessionAnswerSchema = v.object({
  release: v.pipe(v.string(), v.nonEmpty()),
  automationLevel: v.picklist(AUTOMATION_LEVELS),
  tau: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  clipContract: v.pipe(v.string(), v.nonEmpty()),
});

/**
 * Reads the answer of `GET /v1/session` out of parsed JSON.
 *
 * @returns Undefined when the value is not such an answer.
 */
export function parseSessionAnswer(value: unknown): SessionAnswer | undefined {
  const parsed = v.safeParse(sessionAnswerSchema, value);
  return parsed.success ? parsed.output : undefined;
}
