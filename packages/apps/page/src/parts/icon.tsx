/** Shapes on a grid of 16: told apart without colour. */
const shapes = {
  done: 'M3 8.5l3.2 3.2L13 4.8',
  reused: 'M3.5 6h9M3.5 10h9',
  failed: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5v7M8 12.6v.6',
  pending: 'M8 8h.01',
  running: 'M8 2.5a5.5 5.5 0 1 1-5.2 3.7',
  interrupted: 'M5.5 4v8M10.5 4v8',
  waiting: 'M8 4.2V8l2.6 1.8M8 2a6 6 0 1 0 .01 0',
  play: 'M5 3.2v9.6l7.5-4.8z',
  again: 'M12.6 6A5 5 0 1 0 13 8.6M13 2.8V6h-3.2',
  stop: 'M4.5 4.5h7v7h-7z',
  save: 'M8 2.5v7.2M4.8 6.8L8 10l3.2-3.2M3 13.2h10',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.8h11M6.5 6.8v5.7',
  lock: 'M4 7.2h8v6H4zM5.6 7.2V5a2.4 2.4 0 0 1 4.8 0v2.2',
  up: 'M8 13V3.5M4.3 7.2L8 3.5l3.7 3.7',
  down: 'M8 3v9.5M4.3 8.8L8 12.5l3.7-3.7',
  right: 'M6 3.5L10.5 8 6 12.5',
} as const

export type IconName = keyof typeof shapes

/** A picture beside a word, which says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  )
}

/** The same as a part of a larger drawing, at a place. */
export function IconPath({
  name,
  x,
  y,
}: {
  readonly name: IconName
  readonly x: number
  readonly y: number
}) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <path class={`icon icon-${name}`} d={shapes[name]} />
    </g>
  )
}
