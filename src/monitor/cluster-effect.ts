/**
 * How much more a sum over values that come in groups (of one speaker, of one recording) varies than a sum of independent
 * ones: their design effect, from the spread of the groups' means.
 *
 * @param groups Values of each group; empty ones are passed over.
 * @returns 1 or more; 1 when values of a group are no more alike than others, or there are fewer than two groups.
 * Source: Kish, "Survey Sampling", 1965, section 5.4: 1 + (m - 1) rho for groups of m values, which this ratio of mean
 *   squares estimates.
 */
export function clusterEffect(groups: readonly (readonly number[])[]): number {
  let [count, sum, squares, groupCount, betweenSquares] = [0, 0, 0, 0, 0];
  for (const values of groups) {
    if (values.length === 0) continue;
    let total = 0;
    for (const value of values) {
      total += value;
      squares += value * value;
    }
    count += values.length;
    sum += total;
    groupCount++;
    betweenSquares += (total * total) / values.length;
  }
  const mean = sum / count;
  const variance = (squares - count * mean * mean) / (count - 1);
  if (groupCount < 2 || !(variance > 0)) return 1;
  return Math.max(1, (betweenSquares - count * mean * mean) / (groupCount - 1) / variance);
}
