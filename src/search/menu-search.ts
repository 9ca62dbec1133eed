import MiniSearch from 'minisearch';
import type { SearchHit } from '../protocol/search.ts';
import { CATALOGUE } from './catalogue.ts';
import type { MenuItem } from './menu-item.ts';
import { readOrder, type WordRole, wordsOf } from './order-words.ts';

/** Finds things on the menu. */
export interface MenuSearch {
  /**
   * The items that fit a typed or spoken order, best first; empty when none does.
   *
   * @param limit At most this many hits, 1 or more.
   */
  search(query: string, limit?: number | undefined): SearchHit[];
}

/** Hits of one search unless the caller asks for another number. */
export const SEARCH_LIMIT_DEFAULT = 8;

/** What a word adds to the score by its role: the drink that is named outweighs how it is made and what goes in. */
const ROLE_WEIGHTS: Readonly<Record<WordRole, number>> = { head: 1, modifier: 0.15, addition: 0.2 };

const FIELD_WEIGHTS = { name: 4, tags: 1, category: 1, description: 0.3, options: 1 };

/** Sizes, roasts and shots in which every sized drink is made. */
const CUP_OPTIONS =
  'small 8 ounce medium 12 ounce large 16 ounce extra large 20 ounce light dark roast single double triple shot';

/** An item whose whole name was spoken beats one that only shares words with it ("coffee" against "Iced Coffee"). */
const WHOLE_NAME_FACTOR = 2;

/** Builds the index over the café's menu; about a millisecond. */
export function createMenuSearch(): MenuSearch {
  const itemById = new Map<string, MenuItem>(CATALOGUE.map((item) => [item.id, item]));
  const index = new MiniSearch<MenuItem>({
    fields: Object.keys(FIELD_WEIGHTS),
    tokenize: wordsOf,
    processTerm: (term) => term,
    extractField: (item, field) => {
      if (field === 'options') return item.isSized ? CUP_OPTIONS : '';
      return String(item[field as keyof MenuItem]);
    },
  });
  index.addAll(CATALOGUE);

  return {
    search(query, limit = SEARCH_LIMIT_DEFAULT) {
      const order = readOrder(query);
      if (order.length === 0) return [];
      const spoken = new Set(order.map(({ word }) => word));
      const headWords = new Set(order.filter(({ role }) => role === 'head').map(({ word }) => word));
      const results = index.search(order.map(({ word }) => word).join(' '), {
        boost: FIELD_WEIGHTS,
        // One letter in five may be wrong: recognisers and fingers both slip.
        fuzzy: (term) => (term.length > 3 ? 0.2 : false),
        prefix: (term, i, terms) => term.length > 2 || i === terms.length - 1,
        boostTerm: (_term, i) => ROLE_WEIGHTS[order[i]?.role ?? 'head'],
        boostDocument: (id) => nameFactor(itemById.get(String(id)), headWords.size > 0 ? headWords : spoken),
        // A drink that fits only the size or the milk of something we do not have is no answer.
        filter: (result) => headWords.size === 0 || result.queryTerms.some((term) => headWords.has(term)),
      });
      return results.slice(0, limit).flatMap((result) => {
        const item = itemById.get(String(result.id));
        if (item === undefined) return [];
        const { id, name, description, category, price, icon } = item;
        return [{ id, name, description, category, price, icon, score: Math.round(result.score * 100) / 100 }];
      });
    },
  };
}

function nameFactor(item: MenuItem | undefined, spoken: ReadonlySet<string>): number {
  if (item === undefined) return 1;
  return wordsOf(item.name).every((word) => spoken.has(word)) ? WHOLE_NAME_FACTOR : 1;
}
