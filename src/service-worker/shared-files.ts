import { SHARE_FILE_FIELD, SHARED_PARAMETER, type SharedFile } from '../protocol/app-worker-messages.ts';
import type { Ms } from '../units.ts';

/** A page that opens has asked for its file by then. */
const HELD_MS: Ms = 60_000;

/**
 * What other programs share with the app: words become a search, a file is held in memory, and nowhere else, until the
 * page that opens takes it.
 *
 * Source: W3C Web Share Target.
 */
export class SharedFiles {
  readonly #held: Map<string, { readonly file: File; readonly taken: () => void }> = new Map();
  readonly #randomId: () => string;

  constructor(randomId: () => string) {
    this.#randomId = randomId;
  }

  /**
   * Reads what was posted.
   *
   * @param page Address of the page that is to open.
   * @param holdOn Keeps the worker alive until the promise settles: it would forget the file.
   * @returns The page's address with the words, or with the name under which it can {@link SharedFiles.take} the file.
   */
  async receive(request: Request, page: URL, holdOn: (settled: Promise<void>) => void): Promise<Response> {
    const form = await request.formData();
    const file = form.get(SHARE_FILE_FIELD);
    const target = new URL(page);
    if (file instanceof File && file.size > 0) target.searchParams.set(SHARED_PARAMETER, this.#hold(file, holdOn));
    else target.searchParams.set('q', sharedWords(form));
    return Response.redirect(target.href, 303);
  }

  /** Hands the file over; only once. */
  take(shareId: string): SharedFile {
    const held = this.#held.get(shareId);
    held?.taken();
    return held?.file;
  }

  #hold(file: File, holdOn: (settled: Promise<void>) => void): string {
    const id = this.#randomId();
    const over = new Promise<void>((resolve) => {
      this.#held.set(id, { file, taken: resolve });
      setTimeout(resolve, HELD_MS);
    });
    holdOn(over.then(() => void this.#held.delete(id)));
    return id;
  }
}

/** Programs put what was selected into `text`, else a title or an address. */
function sharedWords(form: FormData): string {
  const words = ['text', 'title', 'url'].map((field) => form.get(field));
  const found = words.find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof found === 'string' ? found.trim().slice(0, 300) : '';
}
