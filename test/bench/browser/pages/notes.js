/** What both contestants' pages note in the same way. Times are the page's own. */

/**
 * @typedef {{ readonly atMs: number, readonly seconds: number }} Heard
 * @typedef {AudioContext & { playbackStats?: { underrunEvents: number, underrunDuration: number } }} WatchedContext
 */

const notes = {
  /** When the button was pressed. */
  pressedAtMs: Number.NaN,
  /** Each sign that samples were heard: when, and how many seconds of sound in all since the press. */
  heard: /** @type {Heard[]} */ ([]),
  /** The first sign that was not of digital silence, which comes before the microphone does. */
  soundAtMs: Number.NaN,
  /** Each segment that was handed out. */
  segments: /** @type {object[]} */ ([]),
  /** Each time that audio was sent. */
  sentAtMs: /** @type {number[]} */ ([]),
  isOver: false,
  keepsAudio: true,
  errors: /** @type {string[]} */ ([]),
  contexts: /** @type {WatchedContext[]} */ ([]),
  /** Of the latest AudioContext; NaN where the browser does not tell. */
  underruns() {
    const stats = notes.contexts.at(-1)?.playbackStats;
    return { events: stats?.underrunEvents ?? Number.NaN, seconds: stats?.underrunDuration ?? Number.NaN };
  },
};

/**
 * Has the button run `start`, after all that was noted before is forgotten.
 *
 * @param {() => Promise<unknown>} start
 */
function onPress(start) {
  document.getElementById('press')?.addEventListener('click', (event) => {
    const nothing = { heard: [], soundAtMs: Number.NaN, segments: [], sentAtMs: [], isOver: false };
    Object.assign(notes, { pressedAtMs: event.timeStamp, ...nothing });
    start().catch((error) => notes.errors.push(String(error)));
  });
}

// Only watched: both make their contexts themselves.
const PlainAudioContext = globalThis.AudioContext;
globalThis.AudioContext = class extends PlainAudioContext {
  /** @param {AudioContextOptions} [options] */
  constructor(options) {
    super(options);
    notes.contexts.push(this);
  }
};
addEventListener('unhandledrejection', ({ reason }) => notes.errors.push(String(reason)));

Object.assign(globalThis, { notes, onPress });
