import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import budgets from '../bench/budgets.json' with { type: 'json' };
import { brotliTotal, CORE, type FetchedFile, fetchedFiles } from '../bench/front-end/bytes.ts';

const WEIGHTS = ['fp16', 'int8'] as const;

function said(name: string, bytes: number, budget: number): string {
  const delta = bytes - budget;
  return `${name}: ${bytes} of ${budget} bytes, ${Math.abs(delta)} ${delta > 0 ? 'too many' : 'to spare'}`;
}

describe('what is fetched until listening, compressed with brotli', () => {
  const files = new Map<string, readonly FetchedFile[]>();
  beforeAll(async () => {
    for (const weights of WEIGHTS) files.set(weights, await fetchedFiles(weights));
  }, 60_000);

  it('keeps every file within its budget', () => {
    const measured = new Map([...files.values()].flat().map(({ name, brotliBytes }) => [name, brotliBytes]));
    const named = Object.entries(budgets.brotliBytes);
    expect([...measured.keys()].sort()).toEqual(named.map(([name]) => name).sort());
    const over = named.filter(([name, budget]) => {
      console.log(said(name, measured.get(name)!, budget));
      return measured.get(name)! > budget;
    });
    expect(over.map(([name, budget]) => said(name, measured.get(name)!, budget))).toEqual([]);
  });

  it('keeps the module itself within its budget, compressed with gzip', () => {
    const bytes = files.get('fp16')!.find(({ name }) => name === CORE)!.gzipBytes;
    const budget = budgets.gzipBytes[CORE];
    console.log(said(CORE, bytes, budget));
    expect(bytes).toBeLessThanOrEqual(budget);
  });

  it.each(WEIGHTS)('stays within the budget of all files with the %s kernel', (weights) => {
    const total = brotliTotal(files.get(weights)!);
    const budget = budgets.brotliBytesUntilListening[weights];
    console.log(said(`until listening, ${weights}`, total, budget));
    expect(total).toBeLessThanOrEqual(budget);
  });
});

describe('the script of <voice-search>, before anybody points at the microphone', () => {
  const name = 'voice-search.js';
  const script = readFileSync(join(import.meta.dirname, '../../dist/browser', name));

  it('stays within its budget, compressed with gzip', () => {
    const budget = budgets.gzipBytes[name];
    const bytes = gzipSync(script, { level: 9 }).length;
    console.log(said(name, bytes, budget));
    expect(bytes).toBeLessThanOrEqual(budget);
  });

  it('is one file: it imports nothing at once', () => {
    expect(script.toString()).not.toMatch(/(^|[;}\s])(import|export)\s*[\w{*][^;()]*\bfrom\s*["'`]/);
  });
});

describe('the scripts of the page, before anybody does anything', () => {
  const app = join(import.meta.dirname, '../../dist/app');
  const html = readFileSync(join(app, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path!);

  it('stay within their budget, compressed with gzip', () => {
    expect(scripts.length).toBeGreaterThan(0);
    const bytes = scripts.map((path) => gzipSync(readFileSync(join(app, path)), { level: 9 }).length);
    const total = bytes.reduce((sum, each) => sum + each, 0);
    console.log(said('page', total, budgets.pageGzipBytes));
    expect(total).toBeLessThanOrEqual(budgets.pageGzipBytes);
  });

  it('import no other script at once', () => {
    for (const path of scripts) {
      const imported = readFileSync(join(app, path), 'utf8').matchAll(/(?:^|[;}])import[^(]*?["']\.\/([^"']+)["']/g);
      expect([...imported].map(([, name]) => `/assets/${name}`).filter((name) => !scripts.includes(name))).toEqual([]);
    }
  });
});
