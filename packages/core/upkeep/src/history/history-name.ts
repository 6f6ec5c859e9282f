/** The mart in which a backfill keeps the segments and scores of a pipeline over time. */
export function historyName(pipeline: string): string {
  return `${pipeline}-history`
}
