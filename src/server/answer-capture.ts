import type { StoredAnswer } from './sealed-answer.ts';

/** Over this, answers are not kept: stores take a megabyte at a time, and texts of 60 s stay far below. */
const MAX_ANSWER_BYTES: number = 512 * 1024;
/** Belongs to one exchange, not to the answer. */
const OWN_HEADERS: readonly string[] = ['x-request-id', 'date', 'content-length', 'transfer-encoding'];

/**
 * Copies an answer while it goes out.
 *
 * @param end Told once: the whole answer, or undefined when it is none to be kept (an error, an unfinished stream, a
 *   client that left, too many bytes).
 * @returns The answer to send instead of `response`, whose body is used up.
 */
export async function captureAnswer(
  response: Response,
  end: (answer: StoredAnswer | undefined) => void,
): Promise<Response> {
  const { status, body } = response;
  const headers = [...response.headers].filter(([name]) => !OWN_HEADERS.includes(name));
  const whole = (bytes: Uint8Array): StoredAnswer => ({ status, headers, body: bytes });
  if (status !== 200 || body === null) {
    end(undefined);
    return response;
  }
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    const copied = copyStream(body, (bytes) =>
      end(bytes !== undefined && isFinished(bytes) ? whole(bytes) : undefined),
    );
    return new Response(copied, response);
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    end(undefined);
    throw error;
  }
  end(bytes.byteLength <= MAX_ANSWER_BYTES ? whole(bytes) : undefined);
  return new Response(bytes, response);
}

/** Passes a stream on as it is read; `end` gets all its bytes, or undefined when it broke off or grew too long. */
function copyStream(
  source: ReadableStream<Uint8Array>,
  end: (bytes: Uint8Array | undefined) => void,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let parts: Uint8Array[] | undefined = [];
  let byteCount = 0;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          end(parts === undefined ? undefined : Buffer.concat(parts));
          return;
        }
        byteCount += value.byteLength;
        if (byteCount > MAX_ANSWER_BYTES) parts = undefined;
        parts?.push(value);
        controller.enqueue(value);
      } catch (error) {
        end(undefined);
        controller.error(error);
      }
    },
    cancel: async (reason) => {
      end(undefined);
      await reader.cancel(reason);
    },
  });
}

/** True when the text was told to its end: what fails on the way ends in another event. */
function isFinished(bytes: Uint8Array): boolean {
  const lastEvent = new TextDecoder().decode(bytes).trimEnd().split('\n\n').at(-1) ?? '';
  return /"type":\s*"transcript\.text\.done"/.test(lastEvent);
}
