import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/** One connection that posts bodies of JSON one after the other: as little work as a client can have. */
export class FlushPoster {
  readonly #socket: Socket;
  readonly #host: string;
  #received = '';
  #settle: { resolve(status: number): void; reject(error: Error): void } | undefined;

  constructor(origin: string) {
    const { hostname, port, host } = new URL(origin);
    this.#host = host;
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#hear(text));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('The server closed the connection.')));
  }

  /** Posts one body. @returns The answer's status. @throws When the connection breaks first. */
  post(body: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.cork();
      this.#socket.write(
        `POST /v1/metrics HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}${HEAD_END}`,
      );
      this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #hear(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < headEnd + HEAD_END.length + length) return;
    this.#received = '';
    this.#settle?.resolve(Number(head.slice(9, 12)));
  }
}
