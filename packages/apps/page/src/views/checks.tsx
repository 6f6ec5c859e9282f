import type { CheckFacts } from '@sillage/journal'
import { CheckBadge } from '../parts/badge.tsx'
import { Table } from '../parts/table.tsx'
import { Note } from '../parts/told.tsx'
import { useSpeech } from '../words/language.tsx'

const worstFirst: readonly CheckFacts['status'][] = ['fail', 'warn', 'pass']

/** The checks of a run, failed ones first. */
export function Checks({
  checks,
  running,
}: {
  readonly checks: readonly CheckFacts[]
  readonly running: boolean
}) {
  const { say, number } = useSpeech()
  if (checks.length === 0 && running) return null
  const sorted = [...checks].sort((a, b) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status))
  return (
    <>
      <h2>{say('checks.title')}</h2>
      {checks.length === 0 ? (
        <Note>{say('checks.none')}</Note>
      ) : (
        <Table
          caption={say('checks.title')}
          hideCaption
          heads={[
            { title: say('checks.check') },
            { title: say('checks.result') },
            { title: say('steps.stage') },
            { title: say('checks.found'), right: true },
          ]}
          rows={sorted.map(({ stage, check, status, found }) => ({
            key: `${stage} ${check}`,
            cells: [check, <CheckBadge key="status" status={status} />, stage, number(found)],
          }))}
        />
      )}
    </>
  )
}
