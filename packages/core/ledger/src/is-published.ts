import type { Ledger } from './port.ts'

/** True where the rows that a stage made last are in a version that was published; also where the pipeline publishes nothing. */
export async function isPublished(
  ledger: Pick<Ledger, 'known' | 'publications'>,
  stage: string,
  { publishes }: { readonly publishes: boolean },
): Promise<boolean> {
  if (!publishes) return true
  const made = (await ledger.known()).steps.get(stage)
  if (made === undefined) return false
  return (await ledger.publications()).some(({ run, action }) => action !== 'rollback' && made.run <= run)
}
