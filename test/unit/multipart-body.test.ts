import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMultipart } from '../../src/delivery/multipart.ts';

const BOUNDARY = 'boundary-0b7a5f6e';

describe('a multipart body', () => {
  it('is read back by another parser as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), fc.string({ unit: 'grapheme' }), { maxKeys: 4 }),
        fc.uint8Array({ maxLength: 2_000 }),
        async (fields, content) => {
          const file = { name: 'the-file', fileName: 'speech.wav', contentType: 'audio/wav', content };
          const { bytes, contentType } = encodeMultipart(fields, file, BOUNDARY);
          const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
          for (const [name, value] of Object.entries(fields)) expect(form.get(name)).toBe(value);
          expect([...form.keys()]).toEqual([...Object.keys(fields), 'the-file']);
          const read = form.get('the-file');
          if (!(read instanceof File)) throw new Error('The form has no file.');
          expect([read.name, read.type]).toEqual(['speech.wav', 'audio/wav']);
          expect(new Uint8Array(await read.arrayBuffer())).toEqual(content);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('cannot be broken out of by a name or a value', () => {
    const file = { name: 'file', fileName: 'a.wav', contentType: 'audio/wav', content: new Uint8Array(0) };
    expect(() => encodeMultipart({ 'a"b': '' }, file, BOUNDARY)).toThrow(RangeError);
    expect(() => encodeMultipart({ 'a\r\nb': '' }, file, BOUNDARY)).toThrow(RangeError);
    expect(() => encodeMultipart({ model: `x\r\n--${BOUNDARY}--` }, file, BOUNDARY)).toThrow(RangeError);
    expect(() => encodeMultipart({}, { ...file, fileName: 'a"; b="c' }, BOUNDARY)).toThrow(RangeError);
  });
});
