import { toRun } from '../window/route.ts'

/** One bar of a history: what it stands for, how high, and how it is said. */
export interface Bar {
  readonly run: string
  readonly value: number
  readonly text: string
  readonly tone: 'good' | 'bad' | 'busy' | 'warn' | 'quiet'
}

const height = 72
const step = 14

/** Runs as bars, oldest to the left; each is a link to its run. The table below says the same. */
export function Bars({
  title,
  summary,
  bars,
}: {
  readonly title: string
  readonly summary: string
  readonly bars: readonly Bar[]
}) {
  const most = Math.max(...bars.map(({ value }) => value), Number.EPSILON)
  return (
    <figure class="bars">
      <figcaption>
        {title} <small>{summary}</small>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no element of this role */}
      <svg
        viewBox={`0 0 ${Math.max(bars.length, 24) * step} ${height}`}
        preserveAspectRatio="xMinYMax meet"
        role="group"
        aria-label={`${title}: ${summary}`}
      >
        {bars.map(({ run, value, text, tone }, index) => {
          const size = value === 0 ? 0 : Math.max(2, (value / most) * (height - 4))
          return (
            <a key={run} href={toRun(run)} tabIndex={-1} aria-label={text}>
              <title>{text}</title>
              <rect class="bar-space" x={index * step} y={0} width={step} height={height} />
              <rect
                class={`bar tone-${tone}`}
                x={index * step + 1}
                y={height - size}
                width={step - 3}
                height={size}
                rx={2}
              />
            </a>
          )
        })}
      </svg>
    </figure>
  )
}
