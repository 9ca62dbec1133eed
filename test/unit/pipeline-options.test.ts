import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SpeechPipelineOptions } from '../../src/pipeline/options.ts';
import { resolveOptions } from '../../src/pipeline/resolved-options.ts';

beforeAll(() => {
  vi.stubGlobal('location', { href: 'https://café.example/menu/' });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

describe('the options of a pipeline', () => {
  it('have a default each, and addresses are those of the page', () => {
    const { delivery, getToken, modelBase } = resolveOptions({});
    expect(delivery).toMatchObject({
      endpoint: 'https://xn--caf-dma.example/v1/audio/transcriptions',
      server: 'ossicle',
      responseFormat: 'json',
      stream: false,
      encoding: 'wav',
      predict: 'server',
    });
    expect(getToken).toBeUndefined();
    expect(modelBase).toBe('https://xn--caf-dma.example/models/moonshine-tiny-en/');
  });

  it('come with a key for the visit that is random and says nothing', () => {
    const keys = Array.from({ length: 100 }, () => resolveOptions({}).delivery.sessionKey);
    expect(new Set(keys).size).toBe(100);
    expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  });

  it.each<[string, object, RegExp]>([
    ['a server', { server: 'openai' }, /^server must be one of ossicle, openai-compatible, got openai\.$/],
    ['a format', { responseFormat: 'srt' }, /^responseFormat must be one of json, verbose_json, text, got srt\.$/],
    ['an encoding', { encoding: 'mp3' }, /^encoding must be one of wav, opus, got mp3\.$/],
    ['a place', { predict: 'cloud' }, /^predict must be one of .*, got cloud\.$/],
    ['a token instead of a way to get one', { getToken: 'abc' }, /^getToken must be a function, got string\.$/],
    ['an address', { endpoint: 'https://' }, /^endpoint must be a URL, got https:\/\/\.$/],
  ])('name the field and the value when nobody knows such %s', (_name, options, message) => {
    expect(() => resolveOptions(options as SpeechPipelineOptions)).toThrow(message);
  });
});
