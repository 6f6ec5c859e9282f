import type { ComponentChildren } from 'preact'
import { useSpeech } from '../words/language.tsx'

export interface TableHead {
  readonly title: ComponentChildren
  readonly right?: boolean
  readonly sort?: 'ascending' | 'descending' | 'none'
}

/** A table that scrolls in itself where it is wider than the page; by keyboard too. The first cell of a row is its name. */
export function Table({
  caption,
  heads,
  rows,
  hideCaption = false,
  grid = false,
}: {
  readonly caption: string
  readonly heads: readonly TableHead[]
  readonly rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[]
  readonly hideCaption?: boolean
  /** Rows of data: no cell names its row, each stays on one line. */
  readonly grid?: boolean
}) {
  const { say } = useSpeech()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section class="scroll" aria-label={say('table.region', { caption })} tabIndex={0}>
      <table class={grid ? 'grid' : ''}>
        <caption class={hideCaption ? 'unseen' : ''}>{caption}</caption>
        <thead>
          <tr>
            {heads.map(({ title, right, sort }, index) => (
              <th
                key={index}
                scope="col"
                class={right ? 'right' : ''}
                {...(sort ? { 'aria-sort': sort } : {})}
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) =>
                index === 0 && !grid ? (
                  <th key={index} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={index} class={heads[index]?.right ? 'right' : ''}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
