import type { RefusedStage } from '../api/documents.ts'
import { Share } from '../parts/share.tsx'
import { Table } from '../parts/table.tsx'
import { useSpeech } from '../words/language.tsx'
import { RefusedSamples } from './refused-samples.tsx'

/** The reasons of a stage, most first, with some of its rows where they came along. */
export function RefusedStageCard({ stage: found }: { readonly stage: RefusedStage }) {
  const { say, number, percent } = useSpeech()
  const { stage, rows_in: rows, rejected, reasons } = found
  const title = say('refused.stage', {
    stage,
    rejected: number(rejected),
    rows: number(rows),
    share: percent(rows === 0 ? 0 : rejected / rows),
  })
  return (
    <section class="card" aria-label={title}>
      <h3>{title}</h3>
      <Table
        caption={title}
        hideCaption
        heads={[
          { title: say('refused.why') },
          { title: say('refused.column') },
          { title: say('refused.rows'), right: true },
          { title: say('refused.share') },
        ]}
        rows={reasons.map(({ code, column, message, rows: refused }) => ({
          key: `${code} ${column}`,
          cells: [
            <>
              {message} <small>[{code}]</small>
            </>,
            column === null ? '' : <code key="column">{column}</code>,
            number(refused),
            <Share key="share" value={rejected === 0 ? 0 : refused / rejected} />,
          ],
        }))}
      />
      {reasons.some(({ samples }) => samples.length > 0) && <RefusedSamples stage={found} />}
    </section>
  )
}
