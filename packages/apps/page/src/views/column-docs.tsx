import type { MartColumn, MartTable } from '../api/documents.ts'
import { Table } from '../parts/table.tsx'
import { useSpeech } from '../words/language.tsx'

/** What each column of a table means. */
export function ColumnDocs({ table: { name, columns } }: { readonly table: MartTable }) {
  const { say } = useSpeech()
  const caption = say('tables.columns.of', { table: name })
  return (
    <>
      <h2>{say('tables.columns')}</h2>
      <Table
        caption={caption}
        hideCaption
        heads={[
          { title: say('tables.column') },
          { title: say('tables.type') },
          { title: say('tables.meaning') },
        ]}
        rows={columns.map((column) => ({
          key: column.name,
          cells: [
            <code key="name">{column.name}</code>,
            <small key="type">{column.type}</small>,
            <>
              <Marks column={column} /> {column.comment ?? ''}
            </>,
          ],
        }))}
      />
    </>
  )
}

function Marks({ column: { key, personal, role } }: { readonly column: MartColumn }) {
  const { say } = useSpeech()
  return (
    <>
      {key && <small class="mark">{say('tables.key')}</small>}
      {personal && <small class="mark">{say('tables.personal')}</small>}
      {(role === 'segment' || role === 'score') && <small class="mark">{say(`tables.role.${role}`)}</small>}
    </>
  )
}
