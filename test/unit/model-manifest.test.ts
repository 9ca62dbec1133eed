import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MODEL_FILE_ROLES, parseModelManifest } from '../../src/recogniser/model-manifest.ts';
import { MODEL_FOLDER } from '../model-files.ts';

const read = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(new URL('model.json', MODEL_FOLDER), 'utf8'));

describe("the model's manifest", () => {
  it('tells the length and the checksum of every file beside it', async () => {
    const manifest = parseModelManifest(await read());
    for (const role of MODEL_FILE_ROLES) {
      const { name, bytes, sha256 } = manifest.files[role];
      const file = new URL(name, MODEL_FOLDER);
      expect((await stat(file)).size, name).toBe(bytes);
      expect(
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
        name,
      ).toBe(sha256);
    }
  });

  it('agrees with the model card and the package', async () => {
    const manifest = parseModelManifest(await read());
    const card = await readFile(new URL('README.md', MODEL_FOLDER), 'utf8');
    const packed = JSON.parse(await readFile(new URL('package.json', MODEL_FOLDER), 'utf8'));
    for (const role of MODEL_FILE_ROLES) {
      const { name, bytes, sha256 } = manifest.files[role];
      expect(card).toContain(`| ${name} | ${bytes.toLocaleString('en-US')} | \`${sha256}\` |`);
      expect(packed.files).toContain(name);
    }
    expect(packed.name).toBe(`@ossicle/${manifest.id}`);
  });

  it('is refused with the name of what is wrong', async () => {
    const good = await read();
    const files = { ...parseModelManifest(good).files };
    const wrong: readonly (readonly [unknown, string])[] = [
      [null, 'the manifest must be an object'],
      [[], 'the manifest must be an object'],
      [{ ...good, sampleRateHz: 8000 }, 'sampleRateHz must be 16000'],
      [{ ...good, id: '' }, 'id must be text'],
      [{ ...good, language: 7 }, 'language must be text'],
      [{ ...good, files: undefined }, 'files must be an object'],
      [{ ...good, files: { ...files, decoder: undefined } }, 'files.decoder must be an object'],
      [
        { ...good, files: { ...files, encoder: { ...files.encoder, bytes: 0 } } },
        'files.encoder.bytes must be a whole',
      ],
      [{ ...good, files: { ...files, encoder: { ...files.encoder, sha256: 'AB' } } }, 'files.encoder.sha256 must be'],
      [
        { ...good, files: { ...files, tokenizer: { ...files.tokenizer, name: '../x' } } },
        'files.tokenizer.name must be',
      ],
    ];
    for (const [json, message] of wrong) expect(() => parseModelManifest(json)).toThrow(message);
  });
});
