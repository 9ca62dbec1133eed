import { METRICS, type MetricName } from '../metrics/metric-table.ts';
import type { AlarmCondition, AlarmRule, AlarmStatistic, Audience } from './alarm-rule.ts';

/** Something that can go wrong, thought of beforehand, with the alarm that tells of it. */
export interface Danger {
  /** What could go wrong, as somebody would tell it. */
  readonly what: string;
  /** What it would be seen by. */
  readonly seenBy: string;
  /** What to look at first. */
  readonly firstStep: string;
  readonly alarm: AlarmRule;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LEAST_COUNT = 300;

interface Draft {
  readonly id: string;
  readonly title: string;
  readonly audience: Audience;
  readonly metric: MetricName;
  readonly statistic: AlarmStatistic;
  readonly condition: AlarmCondition;
  readonly slice?: string;
  readonly windowMs?: number;
  readonly leastCount?: number;
}

/** Charts need no pending time: their thresholds hold false alarms off already. */
function rule({ slice, windowMs = HOUR_MS, leastCount = LEAST_COUNT, ...draft }: Draft): AlarmRule {
  const isChart = draft.condition.kind === 'chart';
  const isWindow = draft.condition.kind === 'distribution';
  return {
    ...draft,
    unit: draft.statistic.kind === 'share' ? '1' : METRICS[draft.metric].unit,
    slice: slice ?? null,
    windowMs,
    leastCount: isChart ? 1 : leastCount,
    // A distribution has to drift in two windows in a row.
    pendingMs: isChart ? 0 : isWindow ? windowMs : 5 * MINUTE_MS,
    clearMs: isChart ? 0 : isWindow ? windowMs : 10 * MINUTE_MS,
  };
}

function outcome(value: string): AlarmStatistic {
  return { kind: 'share', attribute: 'voice.search.outcome', value };
}

function action(value: string): AlarmStatistic {
  return { kind: 'share', attribute: 'voice.search.action', value };
}

function frames(value: string): AlarmStatistic {
  return { kind: 'share', attribute: 'voice.frame.state', value };
}

function chart(direction: 'up' | 'down' | 'both', profile: 'user-facing' | 'business' = 'user-facing'): AlarmCondition {
  return { kind: 'chart', direction, profile };
}

function limit(side: 'above' | 'below', alarmAt: number, clearAt: number): AlarmCondition {
  return { kind: 'limit', side, alarmAt, clearAt };
}

const DISTRIBUTION: AlarmCondition = { kind: 'distribution', profile: 'user-facing' };
const MEAN: AlarmStatistic = { kind: 'mean' };

function danger(what: string, seenBy: string, firstStep: string, draft: Draft): Danger {
  return { what, seenBy, firstStep, alarm: rule(draft) };
}

/** What can go wrong, from the words of a search back to the microphone; the default alarms are those named here. */
export const DANGERS: readonly Danger[] = [
  danger(
    'Silent failure: everything answers, and nobody searches by voice any more (a broken button, a policy that forbids the microphone).',
    'far fewer voice searches than there should be',
    'Press the button on the live page; look at what was released since.',
    {
      ...{ id: 'voice-searches-gone', title: 'Hardly any voice searches', audience: 'on-call' },
      ...{ metric: 'voice.search.requests', statistic: { kind: 'count' }, condition: limit('below', 1, 5) },
      // A small site has quiet nights.
      windowMs: 24 * HOUR_MS,
      leastCount: 1,
    },
  ),
  danger(
    'The recogniser or the network fails.',
    'searches that end in an error',
    'The server’s log and load; whether it is one release or one region.',
    {
      ...{ id: 'errors-up', title: 'More searches end in an error', audience: 'on-call' },
      ...{ metric: 'voice.search.requests', statistic: outcome('error'), condition: chart('up', 'business') },
    },
  ),
  danger(
    'The catalogue was emptied, or its words changed: what people say finds nothing.',
    'searches without a result',
    'Search for the bestsellers by typing; look at the last import.',
    {
      ...{ id: 'null-results-up', title: 'More searches find nothing', audience: 'product' },
      ...{ metric: 'voice.search.requests', statistic: outcome('null'), condition: chart('up', 'business') },
    },
  ),
  danger(
    'Something is wrong that we did not think of: people give up.',
    'searches after which nothing happens',
    'Which other alarm fires at the same time; listen to test orders.',
    {
      ...{ id: 'abandoned-up', title: 'More searches are abandoned', audience: 'product' },
      ...{ metric: 'voice.search.requests', statistic: outcome('abandoned'), condition: chart('up') },
    },
  ),
  danger(
    'A worse recogniser was released: it answers, but wrongly.',
    'people who say the same again',
    'Whether the answer got worse for the same input (concept drift); go back to the release before.',
    {
      ...{ id: 'redo-up', title: 'More people say it again', audience: 'speech' },
      ...{ metric: 'voice.search.followups', statistic: action('redo'), condition: chart('up'), slice: 'release' },
    },
  ),
  danger(
    'Names in a new language or accent are not understood.',
    'people who go on by typing, in one locale',
    'The locale’s share; words that are typed after voice.',
    {
      ...{ id: 'typing-up', title: 'More people turn to typing', audience: 'speech' },
      ...{ metric: 'voice.search.followups', statistic: action('switch_to_typing'), condition: chart('up') },
      slice: 'locale',
    },
  ),
  danger(
    'The recogniser grows unsure before it is wrong.',
    'confidence of the texts',
    'Inputs of the same hours: noise, length, level.',
    {
      ...{ id: 'confidence-down', title: 'Texts are less certain', audience: 'speech' },
      ...{ metric: 'voice.search.confidence', statistic: MEAN, condition: chart('down'), slice: 'release' },
    },
  ),
  danger(
    'The microphone is broken on one browser after its update.',
    'level of speech, by browser',
    'The browser’s release notes; its capture constraints.',
    {
      ...{ id: 'quiet-microphone', title: 'Speech arrives quieter or louder', audience: 'speech' },
      ...{ metric: 'voice.input.active_level', statistic: MEAN, condition: chart('both'), slice: 'browser' },
    },
  ),
  danger('A gain stage before us clips.', 'runs at full scale', 'Which devices; automatic gain control.', {
    ...{ id: 'clipping-up', title: 'Speech is clipped', audience: 'speech' },
    ...{ metric: 'voice.input.clipping', statistic: MEAN, condition: chart('up', 'business'), slice: 'device_class' },
  }),
  danger(
    'A new headset fleet: a part of the people sounds different, while the mean stays.',
    'the distribution of the level',
    'The device classes whose share changed; listen to such headsets; train on them.',
    {
      ...{ id: 'level-distribution', title: 'Levels are distributed differently', audience: 'speech' },
      ...{ metric: 'voice.input.active_level', statistic: MEAN, condition: DISTRIBUTION },
    },
  ),
  danger(
    'A noisy season: terraces in summer, fairs, music in the shop.',
    'signal-to-noise ratio',
    'Onset and slope: a season is gradual; compare with last year; training data with such noise.',
    {
      ...{ id: 'snr-down', title: 'More noise in the speech', audience: 'speech' },
      ...{ metric: 'voice.input.snr', statistic: MEAN, condition: chart('down') },
    },
  ),
  danger(
    'Another kind of background: steady noise becomes voices.',
    'the distribution of the noise level',
    'Noise by hour of the week; listen on the spot.',
    {
      ...{ id: 'noise-distribution', title: 'Noise is distributed differently', audience: 'speech' },
      ...{ metric: 'voice.input.noise_level', statistic: MEAN, condition: DISTRIBUTION },
    },
  ),
  danger(
    'People speak differently: whole sentences in place of a word, or the detector cuts them off.',
    'length of the clips',
    'Whether the preset or the detector changed; what is asked.',
    {
      ...{ id: 'clip-length', title: 'Clips are longer or shorter', audience: 'speech' },
      ...{ metric: 'voice.input.clip_length', statistic: MEAN, condition: chart('both') },
    },
  ),
  danger(
    'The detector takes noise for speech, or loses the soft ends.',
    'share of speech in the clips',
    'Signal-to-noise ratio of the same hours; the detector’s kernel and thresholds.',
    {
      ...{ id: 'speech-share', title: 'Clips hold less speech, or no silence', audience: 'speech' },
      ...{ metric: 'voice.input.speech_share', statistic: MEAN, condition: chart('both') },
    },
  ),
  danger('Samples get lost on slow devices.', 'missing samples', 'Device classes; what else runs on the page.', {
    ...{ id: 'samples-missing', title: 'Samples are lost', audience: 'speech' },
    ...{ metric: 'voice.input.frames', statistic: frames('missing'), condition: limit('above', 0.001, 0.0003) },
  }),
  danger('A driver or a browser hands over numbers that are none.', 'invalid samples', 'Browser and its version.', {
    ...{ id: 'samples-invalid', title: 'Samples are no numbers', audience: 'speech' },
    ...{ metric: 'voice.input.frames', statistic: frames('invalid'), condition: limit('above', 0.0001, 0.00003) },
  }),
  danger(
    'The model or its server is slow.',
    'time from the end of speech to its text',
    'Load and queue of the server; the clips’ length.',
    {
      ...{ id: 'answers-slow', title: 'One answer in twenty is late', audience: 'on-call' },
      ...{ metric: 'voice.search.duration', statistic: { kind: 'quantile', share: 0.95 } },
      condition: limit('above', 2, 1.5),
    },
  ),
  danger(
    'Answers become slower little by little, far from any limit.',
    'the same time, as a chart',
    'Onset and slope; the releases since.',
    {
      ...{ id: 'answers-slower', title: 'Answers are slower than they were', audience: 'on-call' },
      ...{ metric: 'voice.search.duration', statistic: MEAN, condition: chart('up') },
    },
  ),
  danger(
    'The microphone opens late: first words are lost, or people wait.',
    'time from the press to the first sample',
    'Browser and device class; whether permission is asked anew.',
    {
      ...{ id: 'capture-slow', title: 'The microphone opens late', audience: 'on-call' },
      ...{ metric: 'voice.capture.duration', statistic: MEAN, condition: chart('up'), slice: 'browser' },
    },
  ),
  danger(
    'The page is too heavy for the audio thread.',
    'time of the detector for one second of sound',
    'Device class; the kernel in use.',
    {
      ...{ id: 'detector-slow', title: 'The detector is slow', audience: 'on-call' },
      ...{ metric: 'voice.vad.duration', statistic: { kind: 'quantile', share: 0.95 } },
      condition: limit('above', 0.1, 0.07),
    },
  ),
];

/** The alarms that ship. */
export const DEFAULT_ALARMS: readonly AlarmRule[] = DANGERS.map(({ alarm }) => alarm);
