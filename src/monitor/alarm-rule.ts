import { METRICS, type MetricName } from '../metrics/metric-table.ts';
import { PROFILE_NAMES, type ProfileName } from './drift-profile.ts';

/** What of a metric an alarm looks at. `share`: of one attribute's values among all that were counted. */
export type AlarmStatistic =
  | { readonly kind: 'mean' }
  | { readonly kind: 'quantile'; readonly share: number }
  | { readonly kind: 'share'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'count' };

/** When an alarm is due. */
export type AlarmCondition =
  /** A value that is too high or too low; it is well again only past `clearAt`. */
  | {
      readonly kind: 'limit';
      readonly side: 'above' | 'below';
      /** In the rule's unit. */
      readonly alarmAt: number;
      /** On the good side of `alarmAt`, or equal to it. */
      readonly clearAt: number;
    }
  /** The chart of the statistic, value by value against the hour of the week. */
  | { readonly kind: 'chart'; readonly direction: 'up' | 'down' | 'both'; readonly profile: ProfileName }
  /** The whole distribution of the metric, window by window. */
  | { readonly kind: 'distribution'; readonly profile: ProfileName };

/** Whom an alarm is for. */
export const AUDIENCES = ['on-call', 'product', 'speech'] as const;

/** One of {@link AUDIENCES}. */
export type Audience = (typeof AUDIENCES)[number];

/** An alarm as data: what is watched, what is too much, and who is told. */
export interface AlarmRule {
  /** Lower-case words joined by hyphens; unique. */
  readonly id: string;
  readonly title: string;
  readonly audience: Audience;
  readonly metric: MetricName;
  readonly statistic: AlarmStatistic;
  /** Unit of the statistic: the metric's, or `1` for a share. */
  readonly unit: string;
  /** Each value of this attribute is watched by itself: `release`, `locale`, `browser`, `device_class`. */
  readonly slice: string | null;
  readonly condition: AlarmCondition;
  /** Values older than this do not count. */
  readonly windowMs: number;
  /** Windows with fewer values are no evidence, in either direction. */
  readonly leastCount: number;
  /** How long it must be bad before the alarm fires, and good before it is resolved. */
  readonly pendingMs: number;
  readonly clearMs: number;
}

/** Attributes by which a metric can be sliced. */
export const SLICES: readonly string[] = ['release', 'locale', 'browser', 'device_class'];

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 24 * 60 * MS_PER_MINUTE;

/** What a rule is told to be wrong for: where, and what to do. */
export class AlarmRuleError extends Error {
  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = 'AlarmRuleError';
  }
}

/** Fields of an object, read once each, so that those left over are known to be unknown. */
class Fields {
  readonly #values: Map<string, unknown>;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new AlarmRuleError(path, 'it must be an object');
    }
    this.#values = new Map(Object.entries(value));
    this.#path = path;
  }

  path(name: string): string {
    return `${this.#path}.${name}`;
  }

  take(name: string): unknown {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }

  text(name: string, pattern: RegExp, what: string): string {
    const value = this.take(name);
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new AlarmRuleError(this.path(name), `it must be ${what}, not ${JSON.stringify(value)}`);
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.take(name);
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw new AlarmRuleError(this.path(name), `it must be one of ${values.join(', ')}, not ${JSON.stringify(value)}`);
  }

  number(name: string, low: number, high: number, isWhole = false): number {
    const value = this.take(name);
    if (typeof value === 'number' && value >= low && value <= high && (!isWhole || Number.isInteger(value)))
      return value;
    const what = isWhole ? 'a whole number' : 'a number';
    throw new AlarmRuleError(
      this.path(name),
      `it must be ${what} from ${low} to ${high}, not ${JSON.stringify(value)}`,
    );
  }

  close(): void {
    const [left] = this.#values.keys();
    if (left !== undefined) throw new AlarmRuleError(this.path(left), 'there is no such field; leave it out');
  }
}

function parseStatistic(value: unknown, path: string, metric: MetricName): AlarmStatistic {
  const fields = new Fields(value, path);
  const { shape } = METRICS[metric];
  const kinds = shape.kind === 'count' ? (['share', 'count'] as const) : (['mean', 'quantile', 'count'] as const);
  const kind = fields.oneOf<AlarmStatistic['kind']>('kind', kinds);
  let statistic: AlarmStatistic;
  if (kind === 'quantile') statistic = { kind, share: fields.number('share', 0.01, 0.99) };
  else if (kind === 'share') {
    const attributes = shape.kind === 'count' ? shape.attributes : {};
    const attribute = fields.oneOf('attribute', Object.keys(attributes));
    statistic = { kind, attribute, value: fields.oneOf('value', attributes[attribute]!) };
  } else statistic = { kind };
  fields.close();
  return statistic;
}

function parseCondition(value: unknown, path: string): AlarmCondition {
  const fields = new Fields(value, path);
  const kind = fields.oneOf('kind', ['limit', 'chart', 'distribution']);
  let condition: AlarmCondition;
  if (kind === 'limit') {
    const side = fields.oneOf('side', ['above', 'below']);
    const alarmAt = fields.number('alarmAt', -1e12, 1e12);
    const clearAt = fields.number('clearAt', -1e12, 1e12);
    if (side === 'above' ? clearAt > alarmAt : clearAt < alarmAt) {
      throw new AlarmRuleError(
        fields.path('clearAt'),
        `it must lie on the good side of alarmAt (${alarmAt}), not at ${clearAt}`,
      );
    }
    condition = { kind, side, alarmAt, clearAt };
  } else {
    const profile = fields.oneOf('profile', PROFILE_NAMES);
    condition =
      kind === 'chart'
        ? { kind, direction: fields.oneOf('direction', ['up', 'down', 'both']), profile }
        : { kind, profile };
  }
  fields.close();
  return condition;
}

/**
 * Reads one rule, as a person edits it.
 *
 * @param path What the rule is called in messages.
 * @throws AlarmRuleError saying which field is wrong, and what it must be.
 */
export function parseAlarmRule(value: unknown, path = 'rule'): AlarmRule {
  const fields = new Fields(value, path);
  const id = fields.text('id', /^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens');
  const title = fields.text('title', /^\S.{0,119}$/, 'a title of 1 to 120 characters on one line');
  const audience = fields.oneOf('audience', AUDIENCES);
  const metric = fields.oneOf('metric', Object.keys(METRICS) as MetricName[]);
  const statistic = parseStatistic(fields.take('statistic'), fields.path('statistic'), metric);
  const expectedUnit = statistic.kind === 'share' ? '1' : METRICS[metric].unit;
  const unit = fields.oneOf('unit', [expectedUnit]);
  const slice = fields.take('slice');
  if (slice !== null && (typeof slice !== 'string' || !SLICES.includes(slice))) {
    throw new AlarmRuleError(fields.path('slice'), `it must be null or one of ${SLICES.join(', ')}`);
  }
  const condition = parseCondition(fields.take('condition'), fields.path('condition'));
  const wrongChart = condition.kind === 'chart' && (statistic.kind === 'quantile' || statistic.kind === 'count');
  if (wrongChart || (condition.kind === 'distribution' && METRICS[metric].shape.kind === 'count')) {
    throw new AlarmRuleError(
      fields.path('condition.kind'),
      `a ${condition.kind} cannot watch a ${statistic.kind} of ${metric}`,
    );
  }
  const windowMs = fields.number('windowMs', MS_PER_MINUTE, 28 * MS_PER_DAY, true);
  const leastCount = fields.number('leastCount', 1, 1e9, true);
  const pendingMs = fields.number('pendingMs', 0, 7 * MS_PER_DAY, true);
  const clearMs = fields.number('clearMs', 0, 7 * MS_PER_DAY, true);
  fields.close();
  const what = { id, title, audience, metric, statistic, unit, slice, condition };
  return { ...what, windowMs, leastCount, pendingMs, clearMs };
}

/** Reads a list of rules. @throws AlarmRuleError when one is wrong, or two have the same id. */
export function parseAlarmRules(value: unknown): readonly AlarmRule[] {
  if (!Array.isArray(value)) throw new AlarmRuleError('rules', 'they must be a list');
  const rules = value.map((one, i) => parseAlarmRule(one, `rules[${i}]`));
  for (const [i, { id }] of rules.entries()) {
    if (rules.findIndex((rule) => rule.id === id) !== i) {
      throw new AlarmRuleError(`rules[${i}].id`, `"${id}" is taken by another rule; choose another`);
    }
  }
  return rules;
}
