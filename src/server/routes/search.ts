import type { SearchAnswer } from '../../protocol/search.ts';
import type { MenuSearch } from '../../search/menu-search.ts';
import type { Ms } from '../../units.ts';
import { RefusedRequest } from '../openai-error.ts';

const MAX_QUERY_CHARACTERS = 500;
const MAX_LIMIT = 50;

/**
 * `GET /v1/search?q=&limit=`: what on the menu fits the words, best first.
 *
 * @throws RefusedRequest 400 for a missing or overlong `q`, or a `limit` out of range.
 */
export function getSearch(url: URL, menu: MenuSearch, nowMs: () => Ms): Response {
  const query = url.searchParams.get('q');
  if (query === null) throw refused('q', 'The parameter "q" is missing. Send the words to search for, as in ?q=latte.');
  if (query.length > MAX_QUERY_CHARACTERS) {
    throw refused('q', `The parameter "q" has ${query.length} characters; at most ${MAX_QUERY_CHARACTERS} are taken.`);
  }
  const limit = readLimit(url.searchParams.get('limit'));
  const startMs = nowMs();
  const hits = menu.search(query, limit);
  const answer: SearchAnswer = { query, hits, took_ms: Math.round((nowMs() - startMs) * 100) / 100 };
  return Response.json(answer, { headers: { 'Cache-Control': 'no-store' } });
}

function readLimit(value: string | null): number | undefined {
  if (value === null) return undefined;
  const limit = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw refused('limit', `The parameter "limit" must be a whole number from 1 to ${MAX_LIMIT}.`);
}

function refused(param: string, message: string): RefusedRequest {
  return new RefusedRequest({ status: 400, message, param, code: 'invalid_value' });
}
