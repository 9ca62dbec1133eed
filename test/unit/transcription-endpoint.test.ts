import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWavPcm16 } from '../../src/dsp/wav.ts';
import { countClipErrors, pooledWordErrorRate } from '../../src/evaluation/word-error-rate.ts';
import { parseTranscriptionJson } from '../../src/protocol/transcription.ts';
import { fixtureFile, type LocalServer, postForm, startLocalServer, transcriptionForm } from '../local-server.ts';
import { silence, whiteNoise } from '../signals.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const SENTENCE = 'vctk_p286_011.flac';
const SPOKEN =
  'when a man looks for something beyond his reach his friends say he is looking for the pot of gold at the end of the rainbow';

async function post(name: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) {
  return await postForm(server.origin, transcriptionForm(await fixtureFile(name), fields), { headers });
}

async function expectRefusal(response: Response, status: number, expected: { param?: string | null; code?: string }) {
  const body = await response.json();
  expect({ status: response.status, ...body }).toMatchObject({ status, error: expected });
  expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error.message).toMatch(/^[A-Z].*\.$/s);
  return body.error;
}

function wav(samples: Float32Array, rateHz = 16_000): File {
  return new File(
    [
      encodeWavPcm16(
        Int16Array.from(samples, (x) => x * 32_767),
        rateHz,
      ),
    ],
    'clip.wav',
  );
}

describe('transcription endpoint', () => {
  it('writes what was said, with its confidence, the clip length and the release', async () => {
    const response = await post(SENTENCE);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-release')).toBe('moonshine-tiny-en');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = await response.json();
    const { text, confidence } = parseTranscriptionJson(body);
    expect(pooledWordErrorRate([countClipErrors(SPOKEN, text, 'english')])).toBeLessThanOrEqual(0.2);
    expect(confidence).toBeGreaterThan(0.5);
    expect(body.duration).toBeCloseTo(6.77, 2);
  });

  it('says the same in every response format', async () => {
    const { text } = await (await post(SENTENCE, { response_format: 'json' })).json();

    const plain = await post(SENTENCE, { response_format: 'text' });
    expect(plain.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await plain.text()).toBe(`${text}\n`);

    const verbose = await (await post(SENTENCE, { response_format: 'verbose_json' })).json();
    expect(verbose).toMatchObject({ task: 'transcribe', language: 'english', text });
    expect(verbose.segments.map((segment: { text: string }) => segment.text).join(' ')).toBe(text);
    const [{ start, end }] = verbose.segments;
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(6.77);

    const subRip = await (await post(SENTENCE, { response_format: 'srt' })).text();
    expect(subRip).toMatch(/^1\n00:00:\d\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
    expect(subRip).toContain(verbose.segments[0].text);

    const webVtt = await post(SENTENCE, { response_format: 'vtt' });
    expect(webVtt.headers.get('content-type')).toBe('text/vtt; charset=utf-8');
    expect(await webVtt.text()).toMatch(/^WEBVTT\n\n00:00:\d\d\.\d{3} --> 00:00:\d\d\.\d{3}\n/);
  });

  it('gives log-probabilities of tokens that spell the text, when asked', async () => {
    const form = transcriptionForm(await fixtureFile('whats_the_weather_like.flac'));
    form.append('include[]', 'logprobs');
    const { text, confidence, logprobs } = await (await postForm(server.origin, form)).json();
    expect(
      logprobs
        .map((each: { token: string }) => each.token)
        .join('')
        .trim(),
    ).toBe(text);
    const bytes = logprobs.flatMap((each: { bytes: number[] }) => each.bytes);
    expect(new TextDecoder().decode(Uint8Array.from(bytes)).trim()).toBe(text);
    const mean = logprobs.reduce((sum: number, each: { logprob: number }) => sum + each.logprob, 0) / logprobs.length;
    expect(Math.exp(mean)).toBeCloseTo(confidence, 10);
  });

  it('streams one delta a sentence, which together make the final text', async () => {
    const { recording } = await import('../transcribed-clips.ts');
    const first = await recording('whats_the_weather_like.flac');
    const second = await recording('282d32e1.flac');
    const twoSentences = wav(Float32Array.from([...first, ...silence(16_000, 3), ...second]));
    const response = await postForm(server.origin, transcriptionForm(twoSentences, { stream: 'true' }));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = (await response.text())
      .split('\n\n')
      .filter((each) => each !== '')
      .map((each) => JSON.parse(each.replace(/^data: /, '')));
    const done = events.pop();
    expect(done.type).toBe('transcript.text.done');
    expect(events.length).toBe(2);
    expect(events.every((event) => event.type === 'transcript.text.delta')).toBe(true);
    expect(events.map((event) => event.delta).join('')).toBe(done.text);
    const { text } = await (await postForm(server.origin, transcriptionForm(twoSentences))).json();
    expect(done.text).toBe(text);
  });

  it('hears the same words in a FLAC file and in its samples as WAV', async () => {
    const { recording } = await import('../transcribed-clips.ts');
    const asWav = wav(await recording('whats_the_weather_like.flac'));
    const fromWav = await (await postForm(server.origin, transcriptionForm(asWav))).json();
    const fromFlac = await (await post('whats_the_weather_like.flac')).json();
    expect(fromWav.text).toBe(fromFlac.text);
    expect(countClipErrors("what's the weather like", fromWav.text, 'english').editCount).toBe(0);
  });

  it.each([
    ['digital silence', silence(16_000, 3)],
    ['steady noise', whiteNoise(16_000, 3, -50, 7)],
  ])('writes nothing for %s', async (_name, samples) => {
    const { text } = await (await postForm(server.origin, transcriptionForm(wav(samples)))).json();
    expect(text).toBe('');
  });

  it('writes nothing for a recording of a quiet room', async () => {
    expect(await (await post('room_tone_1.flac')).json()).toMatchObject({ text: '', confidence: 0 });
  });

  it('does not cut a clip again that keeps the clip contract', async () => {
    const cut = await (await post('jfk.flac', { response_format: 'verbose_json' }, { 'X-Clip-Contract': '1' })).json();
    expect(cut.segments).toMatchObject([{ start: 0, end: 11 }]);
  });

  it('refuses a clip contract that it does not know', async () => {
    await expectRefusal(await post(SENTENCE, {}, { 'X-Clip-Contract': '99' }), 409, { code: 'unknown_clip_contract' });
  });

  it('names the fields that it does not use', async () => {
    const response = await post('whats_the_weather_like.flac', { prompt: 'weather', temperature: '0' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ignored-params')).toBe('prompt, temperature');
  });

  it('takes the language in any usual spelling', async () => {
    for (const language of ['en', 'EN', 'en-US', 'english']) {
      expect((await post('whats_the_weather_like.flac', { language })).status, language).toBe(200);
    }
  });

  it('drops a clip whose deadline has passed', async () => {
    await expectRefusal(await post('jfk.flac', {}, { 'X-Deadline-Ms': '1' }), 504, { code: 'deadline_exceeded' });
  });

  it.each([
    ['an unknown response format', { response_format: 'yaml' }, 400, 'response_format'],
    ['a language that the model does not know', { language: 'fr' }, 400, 'language'],
    ['an unknown model', { model: 'whisper-9' }, 404, 'model'],
    ['a stream that is neither true nor false', { stream: 'maybe' }, 400, 'stream'],
    ['a stream of subtitles', { stream: 'true', response_format: 'srt' }, 400, 'response_format'],
    ['word timestamps', { 'timestamp_granularities[]': 'word' }, 400, 'timestamp_granularities'],
    ['something unknown to include', { 'include[]': 'everything' }, 400, 'include'],
  ])('refuses %s and names the field', async (_name, fields, status, param) => {
    await expectRefusal(await post('whats_the_weather_like.flac', fields as Record<string, string>), status, { param });
  });

  it.each([
    ['a text file', new File(['just some words'], 'clip.wav'), 'unsupported_format'],
    ['an empty file', new File([], 'clip.wav'), 'empty_file'],
    ['an MP4 file', new File(['\0\0\0\u0018ftypmp42'], 'clip.mp4'), 'unsupported_format'],
    ['an MP3 file without sound', new File(['ID3\u0003'], 'clip.mp3'), 'invalid_audio'],
    ['a WAV file without samples', wav(new Float32Array(0)), 'empty_file'],
    ['more than 60 s of audio', wav(silence(16_000, 61)), 'audio_too_long'],
  ])('refuses %s and blames the file', async (_name, file, code) => {
    await expectRefusal(await postForm(server.origin, transcriptionForm(file)), 400, { param: 'file', code });
  });

  it('refuses a FLAC file that was cut short', async () => {
    const whole = await (await fixtureFile(SENTENCE)).arrayBuffer();
    const file = new File([whole.slice(0, 100_000)], 'cut.flac');
    await expectRefusal(await postForm(server.origin, transcriptionForm(file)), 400, { code: 'invalid_audio' });
  });

  it('refuses a small FLAC file that claims to hold hours', async () => {
    const bytes = new Uint8Array(await (await fixtureFile('whats_the_weather_like.flac')).arrayBuffer());
    // RFC 9639, section 8.2: the low 32 bits of the sample count lie at byte 22.
    new DataView(bytes.buffer).setUint32(22, 0xffff_ffff);
    const response = await postForm(server.origin, transcriptionForm(new File([bytes], 'bomb.flac')));
    await expectRefusal(response, 400, { code: 'audio_too_long' });
  });

  it('refuses a file over 25 MB', async () => {
    const file = new File([new Uint8Array(25 * 1024 * 1024 + 1)], 'big.wav');
    await expectRefusal(await postForm(server.origin, transcriptionForm(file)), 413, { param: 'file' });
  });

  it('refuses a form without a file, or with text in its place', async () => {
    await expectRefusal(await postForm(server.origin, transcriptionForm(undefined, { model: '' })), 400, {
      param: 'file',
    });
    await expectRefusal(await postForm(server.origin, transcriptionForm(undefined, { file: 'words' })), 400, {
      param: 'file',
    });
  });

  it('refuses a body that is no form', async () => {
    const json = await fetch(`${server.origin}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    await expectRefusal(json, 415, { code: 'unsupported_content_type' });
    const broken = await fetch(`${server.origin}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
      body: 'no boundary anywhere',
    });
    await expectRefusal(broken, 400, { code: 'invalid_form' });
  });
});

describe('other endpoints', () => {
  it('lists the model in the shape of the OpenAI API', async () => {
    const list = await (await fetch(`${server.origin}/v1/models`)).json();
    expect(list).toMatchObject({
      object: 'list',
      data: [{ id: 'moonshine-tiny-en', object: 'model', licence: 'MIT' }],
    });
    const one = await fetch(`${server.origin}/v1/models/moonshine-tiny-en`);
    expect(await one.json()).toEqual(list.data[0]);
    await expectRefusal(await fetch(`${server.origin}/v1/models/other`), 404, { code: 'model_not_found' });
  });

  it('searches the menu', async () => {
    const { parseSearchAnswer } = await import('../../src/protocol/search.ts');
    const query = 'make me a light roast eight ounce iced mocha';
    const response = await fetch(`${server.origin}/v1/search?q=${encodeURIComponent(query)}&limit=3`);
    const answer = parseSearchAnswer(await response.json());
    expect(answer?.query).toBe(query);
    expect(answer?.hits.map((hit) => hit.id)[0]).toBe('iced-mocha');
    expect(answer?.hits.length).toBe(3);
  });

  it('refuses a search without words, or with an odd limit', async () => {
    await expectRefusal(await fetch(`${server.origin}/v1/search`), 400, { param: 'q' });
    await expectRefusal(await fetch(`${server.origin}/v1/search?q=x&limit=0`), 400, { param: 'limit' });
    await expectRefusal(await fetch(`${server.origin}/v1/search?q=${'x'.repeat(501)}`), 400, { param: 'q' });
  });

  it('answers an unknown API path and a wrong method in JSON', async () => {
    await expectRefusal(await fetch(`${server.origin}/v1/nothing`), 404, { code: 'unknown_url' });
    const wrong = await fetch(`${server.origin}/v1/audio/transcriptions`);
    expect(wrong.headers.get('allow')).toBe('POST');
    await expectRefusal(wrong, 405, { code: 'method_not_allowed' });
  });

  it('says that it is alive and ready', async () => {
    expect(await (await fetch(`${server.origin}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${server.origin}/readyz`)).json()).toEqual({ status: 'ready', queued: 0, running: 0 });
  });
});
