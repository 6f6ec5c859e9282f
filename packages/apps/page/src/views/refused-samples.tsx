import type { RefusedStage } from '../api/documents.ts'
import { Cell } from '../parts/cell.tsx'
import { Table } from '../parts/table.tsx'
import { Note } from '../parts/told.tsx'
import { useSpeech } from '../words/language.tsx'

/** Some of the refused rows of a stage, as they came, closed until they are asked for. */
export function RefusedSamples({ stage: { stage, reasons } }: { readonly stage: RefusedStage }) {
  const { say } = useSpeech()
  return (
    <details>
      <summary>{say('refused.samples.show')}</summary>
      <Note>{say('refused.samples.personal')}</Note>
      {reasons
        .filter(({ samples }) => samples.length > 0)
        .map(({ code, column, message, samples }) => (
          <Table
            key={`${code} ${column}`}
            caption={`${stage}: ${column === null ? '' : `${column}: `}${message}`}
            heads={[{ title: say('refused.place') }, { title: say('refused.row') }]}
            rows={samples.map((row, index) => ({
              key: String(index),
              cells: [<code key="place">{placeOf(row)}</code>, <Row key="row" row={row} marked={column} />],
            }))}
          />
        ))}
    </details>
  )
}

const about = new Set(['file', 'line', 'raw', 'codes', 'reasons', 'run', 'at'])

function placeOf({ file, line }: Readonly<Record<string, unknown>>): string {
  return file === undefined || file === null ? '–' : `${file}:${line ?? ''}`
}

/** The values of a row; the column that it was refused for stands out. */
function Row({
  row,
  marked,
}: {
  readonly row: Readonly<Record<string, unknown>>
  readonly marked: string | null
}) {
  const values = Object.entries(
    typeof row.raw === 'string' ? (fromJson(row.raw) ?? { raw: row.raw }) : row,
  ).filter(([name]) => name === 'raw' || !about.has(name))
  return (
    <ul class="values">
      {values.map(([name, value]) => (
        <li key={name} class={name.toLowerCase() === marked?.toLowerCase() ? 'marked' : ''}>
          <small>{name}</small> <Cell value={value} />
        </li>
      ))}
    </ul>
  )
}

function fromJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
