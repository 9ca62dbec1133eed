import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearchAnswer } from '../../src/protocol/search.ts';
import { CATALOGUE } from '../../src/search/catalogue.ts';
import { createMenuSearch } from '../../src/search/menu-search.ts';
import { readOrder, wordsOf } from '../../src/search/order-words.ts';

/** Spoken orders with the drink a person labelled (Picovoice speech-to-intent-benchmark, Apache-2.0). */
const LABELLED_ORDERS: readonly (readonly [transcript: string, drink: string])[] = [
  ['make me a light roast eight ounce iced mocha', 'iced mocha'],
  ['can i have a dark roast double shot iced coffee with a bit of brown sugar and some milk', 'iced coffee'],
  ['can i have a light roast iced mocha with brown sugar and soy milk', 'iced mocha'],
  ['make me a dark roast twelve ounce americano with sweetener', 'americano'],
  ['brew a light roast coffee with brown sugar', 'coffee'],
  ['may i have a single shot drip coffee', 'drip coffee'],
  ["i'd like a twelve ounce dark roast latte with brown sugar", 'latte'],
  ['can i have a latte with lots of soy milk and some sweetener', 'latte'],
  ["i'd like a latte with cream and a little bit of sweetener", 'latte'],
  ['can i get a small house coffee with milk', 'house coffee'],
  ['get me a twelve ounce medium roast cappuccino with a bit of sugar and almond milk', 'cappuccino'],
  ['i want a medium roast single shot house coffee with sweetener', 'house coffee'],
  ['give me a twenty ounce single shot drip coffee with lots of cream and a little bit of sweetener', 'drip coffee'],
  ['get me a medium triple shot medium roast drip coffee with a bit of almond milk', 'drip coffee'],
  ['give me a sixteen ounce double shot espresso with soy milk and sweetener', 'espresso'],
  ['may i have a light roast double shot espresso', 'espresso'],
  ['brew a triple shot americano with a lot of skim milk', 'americano'],
  ['may i have a coffee with a little bit of soy milk', 'coffee'],
  ['get me a dark roast mocha with whole milk', 'mocha'],
  ["i'd like a twelve ounce mocha with cream and lots of brown sugar", 'mocha'],
  ['may i have a sixteen ounce dark roast single shot mocha with a lot of sugar', 'mocha'],
  ['can i get a cappuccino with skim milk', 'cappuccino'],
  ['can i have a triple shot dark roast house coffee', 'house coffee'],
  ['i want iced coffee with brown sugar', 'iced coffee'],
];

const search = createMenuSearch();

function namesFor(query: string, limit?: number): string[] {
  return search.search(query, limit).map((hit) => hit.name);
}

describe('menu search', () => {
  it('finds the labelled drink among the first three for at least 95 % of real orders', () => {
    const found = LABELLED_ORDERS.filter(([transcript, drink]) =>
      namesFor(transcript, 3).some((name) => name.toLowerCase() === drink),
    );
    expect(found.length / LABELLED_ORDERS.length).toBeGreaterThanOrEqual(0.95);
  });

  it('puts the named drink above its roast and its size', () => {
    expect(namesFor('make me a light roast eight ounce iced mocha')[0]).toBe('Iced Mocha');
  });

  it('does not let what goes into a drink outrank the drink', () => {
    expect(namesFor('a latte with almond milk and brown sugar please')[0]).toBe('Latte');
  });

  it('finds an addition or a roast that is asked for alone', () => {
    expect(namesFor('soy milk')[0]).toBe('Soy Milk');
    expect(namesFor('dark roast')[0]).toBe('Dark Roast Beans');
  });

  it('takes number words and digits for the same size', () => {
    expect(wordsOf('sixteen ounce')).toEqual(wordsOf('16 oz'));
    expect(wordsOf('16oz')).toEqual(wordsOf('sixteen ounces'));
    expect(search.search('a sixteen ounce americano')).toEqual(search.search('16oz americano'));
  });

  it('forgives a misspelt, unaccented or unfinished word', () => {
    expect(namesFor('capuccino')[0]).toBe('Cappuccino');
    expect(namesFor('cafe au lait')[0]).toBe('Café au Lait');
    expect(namesFor('blueb')[0]).toBe('Blueberry Muffin');
  });

  it('finds nothing for something that is not on the menu, whatever goes with it', () => {
    expect(namesFor('sixteen ounce pizza with milk')).toEqual([]);
  });

  it('finds nothing for words of asking alone', () => {
    expect(namesFor('can I have a')).toEqual([]);
    expect(namesFor('')).toEqual([]);
    expect(namesFor('  …!? ')).toEqual([]);
  });

  it('reads head, modifiers and additions out of an order', () => {
    expect(readOrder("I'd like a light roast iced mocha with soy milk, please")).toEqual([
      { word: 'light', role: 'modifier' },
      { word: 'roast', role: 'modifier' },
      { word: 'iced', role: 'head' },
      { word: 'mocha', role: 'head' },
      { word: 'soy', role: 'addition' },
      { word: 'milk', role: 'addition' },
    ]);
  });

  it('lists every item once, each found first or second by its own name', () => {
    expect(new Set(CATALOGUE.map((item) => item.id)).size).toBe(CATALOGUE.length);
    for (const item of CATALOGUE) expect(namesFor(item.name, 2), item.name).toContain(item.name);
  });

  it('answers any text with at most the hits asked for, best first, in the shape that goes over the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (query, limit) => {
        const hits = search.search(query, limit);
        expect(hits.length).toBeLessThanOrEqual(limit);
        for (let i = 1; i < hits.length; i++) expect(hits[i - 1]!.score).toBeGreaterThanOrEqual(hits[i]!.score);
        const answer = { query, hits, took_ms: 0 };
        expect(parseSearchAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
      }),
    );
  });
});
