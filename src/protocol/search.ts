import * as v from 'valibot';
import type { Ms } from '../units.ts';

const searchHitSchema = v.object({
  id: v.string(),
  name: v.string(),
  description: v.string(),
  category: v.string(),
  /** US dollars; of the smallest size where there are several. */
  price: v.pipe(v.number(), v.minValue(0)),
  /** Higher is nearer; comparable within one answer only. */
  score: v.number(),
  /** One emoji. */
  icon: v.string(),
});

const searchAnswerSchema = v.object({
  query: v.string(),
  hits: v.array(searchHitSchema),
  took_ms: v.pipe(v.number(), v.minValue(0)),
});

/** One entry of the menu that fits the query. */
export interface SearchHit {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  /** US dollars; of the smallest size where there are several. */
  readonly price: number;
  /** Higher is nearer; comparable within one answer only. */
  readonly score: number;
  /** One emoji. */
  readonly icon: string;
}

/** Answer of `GET /v1/search`, best hit first. */
export interface SearchAnswer {
  readonly query: string;
  readonly hits: readonly SearchHit[];
  readonly took_ms: Ms;
}

/**
 * Reads the answer of `GET /v1/search` out of parsed JSON.
 *
 * @returns Undefined when the value is not such an answer.
 */
export function parseSearchAnswer(value: unknown): SearchAnswer | undefined {
  const parsed = v.safeParse(searchAnswerSchema, value);
  return parsed.success ? parsed.output : undefined;
}
