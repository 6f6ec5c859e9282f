import type { MigrationCell, TableChanges } from '../api/documents.ts'
import { Table } from '../parts/table.tsx'
import { useSpeech } from '../words/language.tsx'

type Migration = TableChanges['migrations'][number]

/** Where rows came from (down) and went to (across); who stayed stands back. */
export function MigrationTable({ migration: { column, cells } }: { readonly migration: Migration }) {
  const { say, number } = useSpeech()
  const sum = (kind: MigrationCell['kind']): number =>
    cells.reduce((all, cell) => all + (cell.kind === kind ? cell.rows : 0), 0)
  const from = ({ kind, from }: MigrationCell): string =>
    kind === 'entered' ? `(${say('changes.entered')})` : (from ?? say('segments.empty'))
  const to = ({ kind, to }: MigrationCell): string =>
    kind === 'left' ? `(${say('changes.left')})` : (to ?? say('segments.empty'))
  const froms = [...new Set(cells.map(from))]
  const tos = [
    ...new Set([...cells].sort((a, b) => Number(a.kind === 'left') - Number(b.kind === 'left')).map(to)),
  ]
  const most = Math.max(...cells.filter(({ kind }) => kind !== 'stayed').map(({ rows }) => rows), 1)
  const still = cells.every(({ kind }) => kind === 'stayed')
  return (
    <>
      <h4>{say('changes.matrix', { column })}</h4>
      <p>
        {still
          ? say('changes.nothing')
          : say('changes.moved', {
              moved: number(sum('moved')),
              stayed: number(sum('stayed')),
              entered: number(sum('entered')),
              left: number(sum('left')),
            })}
      </p>
      {!still && (
        <Table
          caption={say('changes.matrix', { column })}
          hideCaption
          heads={[{ title: say('changes.from') }, ...tos.map((title) => ({ title, right: true }))]}
          rows={froms.map((name) => ({
            key: name,
            cells: [
              name,
              ...tos.map((title) => {
                const cell = cells.find((one) => from(one) === name && to(one) === title)
                if (!cell) return <span class="null">·</span>
                const weight = Math.ceil((cell.rows / most) * 4)
                return (
                  <span class={cell.kind === 'stayed' ? 'null' : `heat heat-${weight}`}>
                    {number(cell.rows)}
                  </span>
                )
              }),
            ],
          }))}
        />
      )}
    </>
  )
}
