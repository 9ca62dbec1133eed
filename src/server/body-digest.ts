import { createHash } from 'node:crypto';

/**
 * SHA-256 of what a request asks for: its form, without the boundary between the fields, which clients choose anew each
 * time they write the same form, and whatever else decides about the answer.
 *
 * @param contentType Of the body; names the boundary.
 * @param further Headers that change the answer, in a fixed order.
 */
export function bodyDigest(body: Uint8Array, contentType: string, further: readonly string[]): Uint8Array {
  const hash = createHash('sha256').update(JSON.stringify(further));
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (name === undefined) return hash.update(bytes).digest();
  const delimiter = Buffer.from(`--${name}`, 'latin1');
  let from = 0;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, from)) {
    // The length stands for the delimiter: where the cuts are is part of what is asked.
    hash.update(`${at - from}\n`).update(bytes.subarray(from, at));
    from = at + delimiter.length;
  }
  return hash.update(bytes.subarray(from)).digest();
}
