import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { PipelinePlan, PlanNode } from '../api/documents.ts'
import { stageLooks } from '../parts/badge.tsx'
import { IconPath } from '../parts/icon.tsx'
import { martStateOf, type RunView, type StageState, stageOf } from '../run/run-progress.ts'
import { useSpeech } from '../words/language.tsx'
import { fittingLayout, nodeHeight, nodeWidth, smallestScale } from './layout.ts'
import { pathOf } from './path.ts'

/** The pipeline as a picture: stages and marts, with rows on the lines between. The table of stages says the same. */
export function Graph({
  plan,
  view,
  chosen,
  onChoose,
}: {
  readonly plan: PipelinePlan
  readonly view: RunView | undefined
  readonly chosen: string | undefined
  readonly onChoose: (stage: string) => void
}) {
  const { say, number } = useSpeech()
  const [box, width] = useWidth()
  const layout = useMemo(() => fittingLayout(plan, width), [plan, width])
  const scale = Math.min(1, Math.max(smallestScale, width / layout.width))
  useEffect(() => {
    const first = layout.nodes[0]
    if (box.current && first) box.current.scrollLeft = first.x * scale - width / 2
  }, [layout, scale, width, box])
  const byId = new Map(plan.nodes.map((node) => [node.id, node]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section class="graph scroll" aria-label={say('graph.title')} tabIndex={0} ref={box}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: SVG has no element of this role
        <svg
          role="group"
          aria-label={`${say('graph.parts')}. ${say('graph.same')}`}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={layout.width * scale}
          height={layout.height * scale}
        >
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0.5L7.5 4L0 7.5z" class="arrow" />
            </marker>
          </defs>
          {layout.blocks.map(({ x, y, width: across, height: down }) => (
            <rect key={`${x} ${y}`} class="block" x={x} y={y} width={across} height={down} rx={12} />
          ))}
          {layout.lines.map(({ from, to, output, points, label }) => {
            const { step, rowsSoFar } = stageOf(view, from)
            const rows = output === undefined ? (step?.rows_out ?? rowsSoFar) : undefined
            return (
              <g key={`${from}.${output}>${to}`} class={`line line-${stageOf(view, to).state}`}>
                <path d={pathOf(points)} marker-end="url(#arrow)" />
                <text x={label.x} y={label.y + 4}>
                  {output ?? (rows === undefined ? '' : number(rows))}
                </text>
              </g>
            )
          })}
          {layout.nodes.map(({ id, x, y }) => (
            <Node
              key={id}
              node={byId.get(id)!}
              x={x - nodeWidth / 2}
              y={y - nodeHeight / 2}
              view={view}
              chosen={chosen === id}
              onChoose={onChoose}
            />
          ))}
        </svg>
      )}
    </section>
  )
}

function Node({
  node,
  x,
  y,
  view,
  chosen,
  onChoose,
}: {
  readonly node: PlanNode
  readonly x: number
  readonly y: number
  readonly view: RunView | undefined
  readonly chosen: boolean
  readonly onChoose: (stage: string) => void
}) {
  const { say, number } = useSpeech()
  const mart = node.kind === 'mart'
  const { state, step, rowsSoFar } = stageOf(view, node.id)
  const shown: StageState = mart ? martStateOf(view) : state
  const { icon, tone } = stageLooks[shown]
  const rejected =
    step && step.rejected > 0 ? ` · ${say('steps.rejected').toLowerCase()} ${number(step.rejected)}` : ''
  const soFar = shown === 'running' && rowsSoFar !== undefined ? ` · ${number(rowsSoFar)}` : ''
  const label = `${node.table ?? node.id}: ${say(`stage.${shown}`)}${node.reason ? `. ${node.reason}` : ''}`
  const choose = (): void => onChoose(node.id)
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no element of this role
    <g
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={chosen}
      class={`node tone-${tone} ${mart ? 'node-mart' : ''} ${chosen ? 'node-chosen' : ''}`}
      transform={`translate(${x} ${y})`}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        choose()
      }}
    >
      <title>{label}</title>
      <rect width={nodeWidth} height={nodeHeight} rx={mart ? 18 : 8} />
      <text class="node-name" x={12} y={21}>
        {cut(node.table ?? node.id, 23)}
      </text>
      <text class="node-plugin" x={12} y={37}>
        {mart ? say('graph.mart') : cut(node.plugin ?? '', 28)}
      </text>
      <IconPath name={icon} x={10} y={43} />
      <text class="node-state" x={30} y={55.5}>
        {cut(`${say(`stage.${shown}`)}${rejected}${soFar}`, 26)}
      </text>
    </g>
  )
}

function useWidth() {
  const box = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current!
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [box, width] as const
}

function cut(text: string, most: number): string {
  const letters = [...text]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text
}
