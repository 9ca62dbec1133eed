import type { AlarmRule } from './alarm-rule.ts';
import { DANGERS } from './default-alarms.ts';

function statisticText({ statistic }: AlarmRule): string {
  switch (statistic.kind) {
    case 'mean':
      return 'mean';
    case 'count':
      return 'number';
    case 'quantile':
      return `${Math.round(100 * statistic.share)} % quantile`;
    case 'share':
      return `share of \`${statistic.value}\``;
    default:
      return statistic satisfies never;
  }
}

function conditionText({ condition, unit }: AlarmRule): string {
  switch (condition.kind) {
    case 'limit': {
      const name = unit === '1' || unit.startsWith('{') ? '' : ` ${unit}`;
      return `${condition.side} ${condition.alarmAt}${name}, well again at ${condition.clearAt}${name}`;
    }
    case 'chart':
      return `chart ${condition.direction === 'both' ? 'in both directions' : condition.direction} (${condition.profile})`;
    case 'distribution':
      return `distribution, two windows in a row (${condition.profile})`;
    default:
      return condition satisfies never;
  }
}

/** What can go wrong, as a table in Markdown: the text of docs/monitoring.md between its marks. */
export function dangerTable(): string {
  const rows = DANGERS.map(({ what, seenBy, firstStep, alarm }) => {
    const slice = alarm.slice === null ? '' : `, by ${alarm.slice.replace('_', ' ')}`;
    const watched = `\`${alarm.metric}\`, ${statisticText(alarm)}${slice}`;
    return `| ${what} | ${seenBy} | ${watched} | \`${alarm.id}\`: ${conditionText(alarm)} | ${alarm.audience} | ${firstStep} |`;
  });
  return [
    '| what could go wrong | seen by | metric | alarm | for | look first at |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
