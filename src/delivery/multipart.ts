/** A body ready to be sent, as often as it takes. */
export interface MultipartBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** The one file of a {@link encodeMultipart} body. */
export interface MultipartFile {
  readonly name: string;
  readonly fileName: string;
  readonly contentType: string;
  /** Copied. */
  readonly content: Uint8Array;
}

/**
 * Writes a `multipart/form-data` body: the fields, then the file.
 *
 * Written out instead of left to `FormData`, whose encoded size nobody can ask for before it is sent.
 *
 * @param boundary Must not occur in fields or file: 1 to 70 random letters, digits and hyphens.
 * @throws RangeError when a name holds a quote or a line break, or a value a boundary.
 * Source: RFC 7578, sections 4.1 to 4.4.
 */
export function encodeMultipart(
  fields: Readonly<Record<string, string>>,
  file: MultipartFile,
  boundary: string,
): MultipartBody {
  let head = '';
  for (const [name, value] of Object.entries(fields)) {
    if (value.includes(boundary)) throw new RangeError(`The form field "${name}" holds the boundary "${boundary}".`);
    head += `--${boundary}\r\nContent-Disposition: form-data; name="${quotable(name)}"\r\n\r\n${value}\r\n`;
  }
  head +=
    `--${boundary}\r\nContent-Disposition: form-data; name="${quotable(file.name)}"; ` +
    `filename="${quotable(file.fileName)}"\r\nContent-Type: ${quotable(file.contentType)}\r\n\r\n`;
  const encoder = new TextEncoder();
  const before = encoder.encode(head);
  const after = encoder.encode(`\r\n--${boundary}--\r\n`);
  const bytes = new Uint8Array(before.length + file.content.length + after.length);
  bytes.set(before);
  bytes.set(file.content, before.length);
  bytes.set(after, before.length + file.content.length);
  return { bytes, contentType: `multipart/form-data; boundary=${boundary}` };
}

function quotable(name: string): string {
  if (/["\r\n]/.test(name)) throw new RangeError(`A name in a form must not hold quotes or line breaks: ${name}`);
  return name;
}
