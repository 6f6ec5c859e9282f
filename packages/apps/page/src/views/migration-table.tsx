import type { MigrationCell, TableChanges } from '../api/documents.ts'
import { Table } from '../parts/table.tsx'
import { useSpeech } from '../words/language.tsx'

type Migration = TableChanges['migrations'][number]

/** Where rows came from (down) and went to (across); who stayed stands back. */
export function MigrationTable({ migration: { column, cells } }: { readonly migration: Migration }) {
  const { say, number } = useSpeech()
  const sum = (kind: MigrationCell['kind']): number =>
    cells.reduce((all, cell) => all + (cell.kind === kind ? cell.rows : 0), 0)
  const from = (cell: MigrationCell): string =>
    cell.kind === 'entered' ? `(${say('changes.entered')})` : (cell.from ?? say('segments.empty'))
  const to = (cell: MigrationCell): string =>
    cell.kind === 'left' ? `(${say('changes.left')})` : (cell.to ?? say('segments.empty'))
  const froms = inOrder(cells, from, (cell) => (cell.kind === 'entered' ? 2 : cell.from === null ? 1 : 0))
  const tos = inOrder(cells, to, (cell) => (cell.kind === 'left' ? 2 : cell.to === null ? 1 : 0))
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

/** Names once each, by rank, then by the alphabet. */
function inOrder(
  cells: readonly MigrationCell[],
  name: (cell: MigrationCell) => string,
  rank: (cell: MigrationCell) => number,
): readonly string[] {
  const sorted = [...cells].sort((a, b) => rank(a) - rank(b) || name(a).localeCompare(name(b)))
  return [...new Set(sorted.map(name))]
}
